import { checkInteger } from "./check-integer.ts";
import { MAX_SPAN_MS } from "./backoff.ts";
import { copyOfPlain } from "./copy-of-plain.ts";
import { dueAt } from "./new-job.ts";
import { shown } from "./shown.ts";

/** Thrown by a handler: the job is dead now, whatever attempts are left. */
export class Fatal extends Error {
  override readonly name: string = "Fatal";
}

/** Thrown by a handler: the attempt failed, and the next one is due after `delayMs`. */
export class RetryAfter extends Error {
  override readonly name: string = "RetryAfter";
  readonly delayMs: number;

  constructor(delayMs: number, message?: string, options?: ErrorOptions) {
    const checked = checkInteger(delayMs, "delayMs", 0, MAX_SPAN_MS);
    super(message ?? `to be tried again after ${checked} ms`, options);
    this.delayMs = checked;
  }
}

/** Thrown by a handler: nothing failed, but it is not yet time; the attempt is given back. */
export class Snooze extends Error {
  override readonly name: string = "Snooze";
  readonly until: SnoozeOptions;

  constructor(until: SnoozeOptions) {
    super("snoozed");
    this.until = checkSnooze(until);
  }
}

/** Until when a job waits: one of the two. */
export type SnoozeOptions = { readonly delayMs: number } | { readonly runAt: number | Date };

/** A copy of `until`; throws where it does not say until when. */
export function checkSnooze(until: SnoozeOptions): SnoozeOptions {
  const copy = copyOfPlain(until, "until");
  if (copy === undefined || !("delayMs" in copy || "runAt" in copy))
    throw new TypeError(`snooze takes { delayMs } or { runAt }, but got ${shown(until)}`);
  dueAt(copy, 0);
  return copy;
}
