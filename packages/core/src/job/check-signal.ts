import { shown } from "./shown.ts";

/** The signal, if it is one; throws for anything else. */
export function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  try {
    // By the platform's own getter, too: what only inherits from a signal is none.
    if (signal instanceof AbortSignal) {
      Reflect.get(AbortSignal.prototype, "aborted", signal);
      return signal;
    }
  } catch {
    // It is none.
  }
  throw new TypeError(`signal must be an AbortSignal, but is ${shown(signal)}`);
}
