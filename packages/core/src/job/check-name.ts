import { shown } from "./shown.ts";

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Returns `value` if it can name a type or be a unique key: 1 to 255 UTF-16 code units, without control
 * characters and lone surrogates (a database would change those).
 */
export function checkName(value: unknown, what: string): string {
  if (typeof value !== "string")
    throw new TypeError(`${what} must be a string, but is ${shown(value)}`);
  const fault = faultOf(value);
  if (fault !== undefined) throw new TypeError(`${what} ${fault}: ${shown(value)}`);
  return value;
}

/** Whether `value` can name a type or be a unique key. */
export function isName(value: unknown): value is string {
  return typeof value === "string" && faultOf(value) === undefined;
}

function faultOf(name: string): string | undefined {
  if (name.length === 0) return "must not be empty";
  if (name.length > 255) return `must have at most 255 characters, but has ${name.length}`;
  if (CONTROL.test(name)) return "must not contain control characters";
  // A reader of UTF-8 takes it for no part of the text: sql.js gives such a name back without it.
  if (name.startsWith("\ufeff")) return "must not begin with a byte order mark";
  if (!name.isWellFormed()) return "must not contain half of a surrogate pair";
  return undefined;
}
