import { checkInteger } from "../job/check-integer.ts";
import { checkName } from "../job/check-name.ts";
import { checkOptionNames } from "../job/check-option-names.ts";
import { copyOfList } from "../job/copy-of-list.ts";

/** What `claim` takes. */
export interface ClaimOptions<T extends string = string> {
  /** Absent: every type of the queue. */
  readonly types?: readonly T[] | undefined;
  readonly limit?: number | undefined;
}

const NAMES = new Set(["types", "limit"]);

/** Checks the options of `claim` and fills in the defaults. */
export function resolveClaimOptions<T extends string>(options: ClaimOptions<T>) {
  const { types: given, limit = 1 } = checkOptionNames(options, NAMES);
  const types = given === undefined ? undefined : copyOfList(given, "types");
  for (const type of types ?? []) checkName(type, "type");
  return { types, limit: checkInteger(limit, "limit", 1, 1_000) };
}
