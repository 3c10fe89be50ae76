import { carriedOver } from "./carried-over.ts";
import type { Instant } from "./instant.ts";
import type { RunningJob, WaitingJob } from "./job.ts";

/** Sends the job back to wait until `runAt` and gives the attempt back: as if it had not been claimed. */
export function snooze(job: RunningJob, runAt: Instant, now: Instant): WaitingJob {
  return putBack(job, runAt, runAt <= now);
}

/** Sends the job back to where it stood before it was claimed, and gives the attempt back. */
export function release(job: RunningJob): WaitingJob {
  return putBack(job, job.runAt, true);
}

function putBack(job: RunningJob, runAt: Instant, ready: boolean): WaitingJob {
  const attempt = job.attempt - 1;
  return {
    ...carriedOver(job),
    state: attempt === 0 ? "pending" : "failed",
    attempt,
    runAt,
    ready,
  };
}
