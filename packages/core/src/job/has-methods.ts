import { readOnce } from "./read-once.ts";

/** Whether `value` is an object with these methods; `what` names it where it cannot be read. */
export function hasMethods(value: unknown, what: string, methods: readonly string[]): boolean {
  return readOnce(
    what,
    () =>
      typeof value === "object" &&
      value !== null &&
      methods.every((name) => typeof Reflect.get(value, name) === "function"),
  );
}
