import { checkName } from "../job/check-name.ts";
import { readOnce } from "../job/read-once.ts";
import { shown } from "../job/shown.ts";
import type { AnyHandlers } from "./worker.ts";

/** The handlers by type; throws where one is none, or is for a type that is not among those `known`. */
export function checkHandlers(handlers: object, known: readonly string[] | undefined): AnyHandlers {
  const isNone = () => typeof handlers !== "object" || handlers === null || Array.isArray(handlers);
  if (readOnce("handlers", isNone)) {
    throw new TypeError(`work() takes an object of handlers by type, but got ${shown(handlers)}`);
  }
  const byType = readOnce("handlers", () => Object.entries(handlers)).filter(
    ([, handler]) => handler !== undefined,
  );
  if (byType.length === 0) throw new TypeError("work() needs a handler for at least one type");
  for (const [type, handler] of byType) {
    checkName(type, "type");
    const name = `the handler for ${shown(type)}`;
    if (known?.includes(type) === false)
      throw new TypeError(
        `${name} is for none of this queue's types: ${known.slice(0, 10).join(", ")}`,
      );
    if (typeof handler !== "function")
      throw new TypeError(`${name} must be a function, but is ${shown(handler)}`);
  }
  return new Map(byType);
}
