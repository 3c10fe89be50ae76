import { checkBackoff } from "./backoff.ts";
import { carriedOver } from "./carried-over.ts";
import { isName } from "./check-name.ts";
import { type Failure, MAX_FAILURES } from "./failure.ts";
import type { Instant } from "./instant.ts";
import type { FinishedJob, Job, RunningJob } from "./job.ts";
import {
  isBackoff,
  isFailure,
  isInstant,
  isTimeout,
  isWorker,
  isWithin,
  type Remains,
  REVISION_LIMIT,
} from "./job-fault.ts";
import { MAX_ATTEMPTS, MAX_INSTANT, MAX_PRIORITY } from "./new-job.ts";

/**
 * What a stored record is read as that is no job, since somebody has damaged it: a dead job, among whose failures one
 * says what is wrong. What was completed or cancelled stays so, and what a worker holds runs: to call it dead would ask
 * for it to be run once more.
 */
export function damaged(remains: Remains, fault: string): RunningJob | FinishedJob {
  const maxAttempts = nearest(remains.maxAttempts, 1, MAX_ATTEMPTS);
  const attempt = nearest(remains.attempt, 0, maxAttempts);
  const createdAt = nearest(remains.createdAt, 0, MAX_INSTANT);
  const claimedAt = isInstant(remains.claimedAt) ? remains.claimedAt : undefined;
  const finishedAt = isInstant(remains.finishedAt) ? remains.finishedAt : (claimedAt ?? createdAt);
  const common = {
    id: remains.id,
    seq: remains.seq,
    type: isName(remains.type) ? remains.type : "(damaged)",
    payload: typeof remains.payload === "string" ? remains.payload : "",
    priority: nearest(remains.priority, -MAX_PRIORITY, MAX_PRIORITY),
    runAt: nearest(remains.runAt, 0, MAX_INSTANT),
    attempt,
    maxAttempts,
    timeoutMs: isTimeout(remains.timeoutMs) ? remains.timeoutMs : undefined,
    backoff: isBackoff(remains.backoff) ? checkBackoff(remains.backoff) : undefined,
    uniqueKey: isName(remains.uniqueKey) ? remains.uniqueKey : undefined,
    uniqueUntil: remains.uniqueUntil === "pruned" ? "pruned" : "finished",
    createdAt,
    // One that can still rise.
    revision: nearest(remains.revision, 1, REVISION_LIMIT / 2),
    claimedAt,
    failures: failuresOf(remains, damageFailure(fault, finishedAt, attempt)),
  } as const;
  const { state, worker, result } = remains;
  if (state === "running" && isWorker(worker)) {
    const held = { attempt: Math.max(1, attempt), claimedAt: claimedAt ?? createdAt };
    return { ...common, ...held, state, worker };
  }
  if (state !== "completed")
    return { ...common, state: state === "cancelled" ? state : "dead", finishedAt };
  return { ...common, state, finishedAt, result: typeof result === "string" ? result : undefined };
}

/** Whether the job's record was found damaged: it may have been mended since. */
export function wasDamaged(job: Job): boolean {
  return job.failures.some(isDamage);
}

/** Makes a job dead whose record is damaged, and can be claimed by nobody; what is finished otherwise stays so. */
export function bury(job: Job, now: Instant): FinishedJob {
  if (job.state === "completed" || job.state === "cancelled")
    return { ...job, revision: job.revision + 1 };
  const last = job.failures.length - 1;
  const failures = job.failures.map((one, at) =>
    at === last && isDamage(one) ? { ...one, at: now } : one,
  );
  return { ...carriedOver(job), state: "dead", failures, finishedAt: now };
}

function isDamage({ kind }: Failure): boolean {
  return kind === "damaged";
}

/** The record of what is wrong with a job's record. */
export function damageFailure(fault: string, at: Instant, attempt = 0): Failure {
  const message = `the record of this job is damaged: ${fault}; mend it, then retry the job`;
  return { attempt, at, kind: "damaged", name: "Damaged", message };
}

/** Once, however often it is read. */
function failuresOf({ failures }: Remains, damage: Failure): readonly Failure[] {
  const sound = Array.isArray(failures) ? failures.filter(isFailure) : [];
  const isKnown = sound.some((one) => isDamage(one) && one.message === damage.message);
  return (isKnown ? sound : [...sound, damage]).slice(-MAX_FAILURES);
}

function nearest(value: unknown, min: number, max: number): number {
  if (isWithin(value, min, max)) return value;
  return typeof value === "number" && value > max ? max : min;
}
