import { checkInteger } from "../job/check-integer.ts";
import { checkName } from "../job/check-name.ts";
import { checkOptionNames } from "../job/check-option-names.ts";
import { shown } from "../job/shown.ts";

/** What `claim` takes. */
export interface ClaimOptions<T extends string = string> {
  /** Absent: every type of the queue. */
  readonly types?: readonly T[] | undefined;
  readonly limit?: number | undefined;
}

const NAMES = new Set(["types", "limit"]);

/** Checks the options of `claim` and fills in the defaults. */
export function resolveClaimOptions<T extends string>(options: ClaimOptions<T>) {
  checkOptionNames(options, NAMES);
  const { types, limit = 1 } = options;
  if (types !== undefined && !Array.isArray(types)) {
    throw new TypeError(`types must be an array, but is ${shown(types)}`);
  }
  for (const type of types ?? []) checkName(type, "type");
  return { types, limit: checkInteger(limit, "limit", 1, 1_000) };
}
