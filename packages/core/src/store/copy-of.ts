import type { Job, NewJob } from "../job/job.ts";

/** A copy that shares nothing with the job that could be changed. */
export function copyOf<J extends Job | NewJob>(job: J): J {
  const copy = { ...job, backoff: job.backoff && { ...job.backoff } };
  return "failures" in job
    ? { ...copy, failures: job.failures.map((failure) => ({ ...failure })) }
    : copy;
}
