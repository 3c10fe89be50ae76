import type { Job, NewJob } from "../job/job.ts";
import type { Notes } from "../job/notes.ts";

/** A copy that shares nothing with the job that could be changed. */
export function copyOf<J extends Job | NewJob>(job: J): J {
  const copy = { ...job, backoff: job.backoff && { ...job.backoff } };
  return "failures" in job
    ? { ...copy, failures: job.failures.map((failure) => ({ ...failure })) }
    : copy;
}

export function copyOfNotes({ progress, log }: Notes): Notes {
  return { progress, log: log.map((line) => ({ ...line })) };
}
