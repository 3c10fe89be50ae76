import { retryDelay } from "./backoff.ts";
import { carriedOver } from "./carried-over.ts";
import { describeThrown, type Failure, type FailureKind, MAX_FAILURES } from "./failure.ts";
import type { Instant } from "./instant.ts";
import type { DeadJob, FailedJob, RunningJob } from "./job.ts";
import { MAX_INSTANT } from "./new-job.ts";

/** How an attempt ended badly. */
export interface FailedAttempt {
  readonly kind: FailureKind;
  /** Whatever was thrown. */
  readonly thrown: unknown;
  /** Bury the job, though attempts are left. */
  readonly fatal?: boolean;
  /** Wait so long for the next attempt instead of what the backoff says. */
  readonly delayMs?: number | undefined;
}

/** Sends the job back to wait for another attempt, or buries it when none is left. */
export function fail(job: RunningJob, attempt: FailedAttempt, now: Instant): FailedJob | DeadJob {
  const next = { ...carriedOver(job), failures: failuresOf(job, attempt, now) };
  if (attempt.fatal === true || job.attempt >= job.maxAttempts)
    return { ...next, state: "dead", finishedAt: now };
  const delayMs = attempt.delayMs ?? retryDelay(job.backoff, job.seq, job.attempt);
  const runAt = Math.min(MAX_INSTANT, now + delayMs);
  return { ...next, state: "failed", runAt, ready: delayMs === 0 };
}

function failuresOf(
  job: RunningJob,
  { kind, thrown }: FailedAttempt,
  now: Instant,
): readonly Failure[] {
  const failure: Failure = { attempt: job.attempt, at: now, kind, ...describeThrown(thrown) };
  return [...job.failures, failure].slice(-MAX_FAILURES);
}
