import { isPlain } from "./is-plain.ts";
import { readOnce } from "./read-once.ts";

/** A copy of a plain object, each of whose properties is read once; undefined for anything else. Throws where it cannot be read. */
export function copyOfPlain<O extends object>(value: O, what: string): O | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return readOnce(what, () => (isPlain(value) && !Array.isArray(value) ? { ...value } : undefined));
}
