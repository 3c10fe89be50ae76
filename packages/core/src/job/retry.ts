import { carriedOver } from "./carried-over.ts";
import type { Instant } from "./instant.ts";
import type { FinishedJob, PendingJob, WaitingJob } from "./job.ts";

/** Somebody wants it now: what waits is due at once, what is finished starts afresh and keeps its failures. */
export function retry(job: WaitingJob | FinishedJob, now: Instant): WaitingJob {
  if (job.state === "pending" || job.state === "failed") {
    return { ...carriedOver(job), state: job.state, runAt: now, ready: true };
  }
  return afresh(job, now);
}

function afresh(job: FinishedJob, now: Instant): PendingJob {
  return {
    ...carriedOver(job),
    state: "pending",
    attempt: 0,
    claimedAt: undefined,
    runAt: now,
    ready: true,
  };
}
