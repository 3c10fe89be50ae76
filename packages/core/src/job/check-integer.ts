import { shown } from "./shown.ts";

/** Returns `value` if it is an integer from `min` to `max`; otherwise throws an error that names it. */
export function checkInteger(value: unknown, name: string, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  const range = `an integer from ${min.toLocaleString("en")} to ${max.toLocaleString("en")}`;
  const mistake = `${name} must be ${range}, but is ${shown(value)}`;
  throw typeof value === "number" ? new RangeError(mistake) : new TypeError(mistake);
}
