import { checkInteger } from "./check-integer.ts";
import { MAX_SPAN_MS } from "./backoff.ts";
import type { Instant } from "./instant.ts";
import type { Job } from "./job.ts";
import { FINISHED_STATES, type FinishedState, isFinishedState } from "./state.ts";
import { copyOfPlain } from "./copy-of-plain.ts";
import { shown } from "./shown.ts";

/** How long finished jobs are kept, in milliseconds by state; `Infinity` keeps them for ever. */
export type Retention = Readonly<Record<FinishedState, number>>;

const DAY_MS = 24 * 3_600_000;

/** Completed and cancelled jobs are kept for 24 hours, dead ones for 7 days. */
export const DEFAULT_RETENTION: Retention = {
  completed: DAY_MS,
  dead: 7 * DAY_MS,
  cancelled: DAY_MS,
};

/** For each state the instant up to which its finished jobs may go; a state that is absent keeps them all. */
export type PruneBefore = Readonly<Partial<Record<FinishedState, Instant>>>;

/** Up to when what finished may go, by a retention and the present instant. */
export function pruneBefore(retention: Retention, now: Instant): PruneBefore {
  const kept = FINISHED_STATES.filter((state) => retention[state] !== Infinity);
  return Object.fromEntries(kept.map((state) => [state, now - retention[state]]));
}

/** Whether the job may be deleted: it is finished, and was so at its state's instant. */
export function isPrunable(job: Job, before: PruneBefore): boolean {
  if (!isFinishedState(job.state) || !("finishedAt" in job)) return false;
  const limit = before[job.state];
  return limit !== undefined && job.finishedAt <= limit;
}

/** Returns `retention` with `fallback` for the states it leaves out; throws where a span is none. */
export function checkRetention(given: Partial<Retention>, fallback: Retention): Retention {
  const retention = copyOfPlain(given, "retention");
  if (retention === undefined) {
    throw new TypeError(
      `retention must be an object such as { completed: 60_000 }, but is ${shown(given)}`,
    );
  }
  for (const [state, span] of Object.entries(retention)) {
    if (!isFinishedState(state as FinishedState)) {
      throw new TypeError(`retention has completed, dead and cancelled, but not ${shown(state)}`);
    }
    if (span !== undefined && span !== Infinity)
      checkInteger(span, `retention.${state}`, 0, MAX_SPAN_MS);
  }
  return {
    completed: retention.completed ?? fallback.completed,
    dead: retention.dead ?? fallback.dead,
    cancelled: retention.cancelled ?? fallback.cancelled,
  };
}
