import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type JsonText, toJsonText } from "../job/json-text.ts";
import type { Awaitable } from "../store/store.ts";
import { isUnchecked } from "./json.ts";
import { parse } from "./parse.ts";

/** The JSON text of `value`, if it fits `schema`: at once, or a promise where the schema answers with one. */
export function checkedText(
  value: unknown,
  schema: StandardSchemaV1 | undefined,
  root: string,
): Awaitable<JsonText> {
  const text = toJsonText(value, root);
  if (schema === undefined || isUnchecked(schema)) return text;
  // A copy: what is stored is what was checked, whatever a schema does to its input.
  const checked = parse(schema, JSON.parse(text), root);
  return checked instanceof Promise ? checked.then(() => text) : text;
}
