import type { Job, RunningJob } from "./job.ts";

/** What every state of a job has. */
export type CarriedOver = Omit<RunningJob, "state" | "worker" | "claimedAt"> &
  Pick<Job, "claimedAt">;

/** What a transition takes over from the job, one revision on. */
export function carriedOver(job: Job): CarriedOver {
  return {
    id: job.id,
    seq: job.seq,
    type: job.type,
    payload: job.payload,
    priority: job.priority,
    runAt: job.runAt,
    attempt: job.attempt,
    maxAttempts: job.maxAttempts,
    timeoutMs: job.timeoutMs,
    backoff: job.backoff,
    uniqueKey: job.uniqueKey,
    uniqueUntil: job.uniqueUntil,
    createdAt: job.createdAt,
    revision: job.revision + 1,
    claimedAt: job.claimedAt,
    failures: job.failures,
  };
}
