import {
  abandon,
  cancel,
  complete,
  fail,
  type FinishedJob,
  type Job,
  release,
  reschedule,
  retry,
  type RunningJob,
  snooze,
  type WaitingJob,
} from "@turno/core";
import type { Moving } from "../model/moves.ts";

/** What core makes of a job that is in one of the states from which the move can be made. */
export function makeMove(job: Job, { move, now, delayMs, result, thrown }: Moving): Job {
  const held = job as RunningJob;
  const waiting = job as WaitingJob;
  switch (move) {
    case "complete":
      return complete(held, result, now);
    case "fail":
      return fail(held, { kind: "error", thrown }, now);
    case "fail for good":
      return fail(held, { kind: "error", thrown, fatal: true }, now);
    case "fail and say when":
      return fail(held, { kind: "error", thrown, delayMs: Math.max(0, delayMs) }, now);
    case "abandon":
      return abandon(held, now);
    case "snooze":
      return snooze(held, now + delayMs, now);
    case "release":
      return release(held);
    case "cancel":
      return cancel(job as WaitingJob | RunningJob, now);
    case "retry":
      return retry(job as WaitingJob | FinishedJob, now);
    case "reschedule":
      return reschedule(waiting, now + delayMs, now);
  }
}
