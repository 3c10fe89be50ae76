import { checkInteger } from "./check-integer.ts";
import { MAX_SPAN_MS } from "./backoff.ts";
import { dueAt } from "./new-job.ts";

/** Thrown by a handler: the job is dead now, whatever attempts are left. */
export class Fatal extends Error {
  override readonly name: string = "Fatal";
}

/** Thrown by a handler: the attempt failed, and the next one is due after `delayMs`. */
export class RetryAfter extends Error {
  override readonly name: string = "RetryAfter";
  readonly delayMs: number;

  constructor(
    delayMs: number,
    message = `to be tried again after ${delayMs} ms`,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.delayMs = checkInteger(delayMs, "delayMs", 0, MAX_SPAN_MS);
  }
}

/** Thrown by a handler: nothing failed, but it is not yet time; the attempt is given back. */
export class Snooze extends Error {
  override readonly name: string = "Snooze";
  readonly until: SnoozeOptions;

  constructor(until: SnoozeOptions) {
    super("snoozed");
    dueAt(until, 0);
    this.until = until;
  }
}

/** Until when a job waits: one of the two. */
export type SnoozeOptions = { readonly delayMs: number } | { readonly runAt: number | Date };
