import { shown } from "../job/shown.ts";
import type { SnoozeOptions } from "../job/verdict.ts";

/** What a caller of `snooze` gave, if it says until when; else throws a `TypeError`. */
export function checkSnooze(until: SnoozeOptions): SnoozeOptions {
  if (typeof until === "object" && until !== null && ("delayMs" in until || "runAt" in until))
    return until;
  throw new TypeError(`snooze takes { delayMs } or { runAt }, but got ${shown(until)}`);
}
