import { carriedOver } from "./carried-over.ts";
import type { Instant } from "./instant.ts";
import type { CancelledJob, RunningJob, WaitingJob } from "./job.ts";

/** The job will not run any more; what a worker that holds it still settles is refused by its revision. */
export function cancel(job: WaitingJob | RunningJob, now: Instant): CancelledJob {
  return { ...carriedOver(job), state: "cancelled", finishedAt: now };
}
