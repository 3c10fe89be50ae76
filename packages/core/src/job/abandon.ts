import { fail } from "./fail.ts";
import type { Instant } from "./instant.ts";
import type { DeadJob, FailedJob, RunningJob } from "./job.ts";

/**
 * Fails a job whose worker is gone. The first time it is due again at once; a job that goes on losing its workers
 * waits like any other that fails, or for `delayMs`.
 */
export function abandon(job: RunningJob, now: Instant, delayMs?: number): FailedJob | DeadJob {
  const before = job.failures.some((failure) => failure.kind === "abandoned");
  const thrown = {
    name: "Abandoned",
    message: `worker ${job.worker} was lost while it held the job`,
  };
  return fail(job, { kind: "abandoned", thrown, delayMs: before ? delayMs : 0 }, now);
}
