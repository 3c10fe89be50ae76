import { carriedOver } from "./carried-over.ts";
import type { Instant } from "./instant.ts";
import type { RunningJob, WaitingJob, WorkerId } from "./job.ts";

/** Hands the job to a worker and charges the attempt: whatever becomes of the worker, it counts. */
export function start(job: WaitingJob, worker: WorkerId, now: Instant): RunningJob {
  return {
    ...carriedOver(job),
    state: "running",
    attempt: job.attempt + 1,
    worker,
    claimedAt: now,
  };
}
