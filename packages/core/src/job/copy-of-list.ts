import { checkInteger } from "./check-integer.ts";
import { readOnce } from "./read-once.ts";
import { shown } from "./shown.ts";

const LONGEST = 100_000;

/** The items of an array, each read once; throws where it is none, or cannot be read. */
export function copyOfList<T>(list: readonly T[], what: string): T[] {
  if (!readOnce(what, () => Array.isArray(list)))
    throw new TypeError(`${what} must be an array, but is ${shown(list)}`);
  const length = checkInteger(
    readOnce(what, () => list.length),
    `${what}.length`,
    0,
    LONGEST,
  );
  // By number: an array's own iterator may give anything, for ever.
  return readOnce(what, () => Array.from({ length }, (_, index) => list[index] as T));
}
