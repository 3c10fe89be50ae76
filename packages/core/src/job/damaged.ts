import { checkBackoff } from "./backoff.ts";
import { carriedOver } from "./carried-over.ts";
import { isName } from "./check-name.ts";
import { type Failure, MAX_FAILURES } from "./failure.ts";
import type { Instant } from "./instant.ts";
import type { FinishedJob, Job } from "./job.ts";
import {
  isBackoff,
  isFailure,
  isInstant,
  isTimeout,
  isWithin,
  type Remains,
  REVISION_LIMIT,
} from "./job-fault.ts";
import { MAX_ATTEMPTS, MAX_INSTANT, MAX_PRIORITY } from "./new-job.ts";

/**
 * What a stored record is read as that is no job, since somebody has damaged it: a dead job, whose latest failure says
 * what is wrong. What was completed or cancelled stays so: it must not be run again for what became of its record.
 */
export function damaged(remains: Remains, fault: string): FinishedJob {
  const maxAttempts = nearest(remains.maxAttempts, 1, MAX_ATTEMPTS);
  const attempt = nearest(remains.attempt, 0, maxAttempts);
  const createdAt = nearest(remains.createdAt, 0, MAX_INSTANT);
  const claimedAt = isInstant(remains.claimedAt) ? remains.claimedAt : undefined;
  const finishedAt = isInstant(remains.finishedAt) ? remains.finishedAt : (claimedAt ?? createdAt);
  const common = {
    id: remains.id,
    seq: remains.seq,
    type: nameOf(remains.type),
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
    finishedAt,
  } as const;
  const { state, result } = remains;
  if (state === "completed")
    return { ...common, state, result: typeof result === "string" ? result : undefined };
  return { ...common, state: state === "cancelled" ? state : "dead" };
}

/** Whether the job's latest failure is that its record was damaged: it may have been mended since. */
export function wasDamaged(job: Job): boolean {
  return job.failures.at(-1)?.kind === "damaged";
}

/** Makes of a damaged record what it was read as: a dead job is so from now on. */
export function bury(job: FinishedJob, now: Instant): FinishedJob {
  if (job.state !== "dead") return { ...job, revision: job.revision + 1 };
  const { failures } = job;
  const dated = failures.map((one, at) => (at === failures.length - 1 ? { ...one, at: now } : one));
  return { ...carriedOver(job), state: "dead", failures: dated, finishedAt: now };
}

/** The record of what is wrong with a job's record. */
export function damageFailure(fault: string, at: Instant, attempt = 0): Failure {
  const message = `the record of this job is damaged: ${fault}; mend it, then retry the job`;
  return { attempt, at, kind: "damaged", name: "Damaged", message };
}

/** Once, however often it is read after it was buried. */
function failuresOf({ failures }: Remains, damage: Failure): readonly Failure[] {
  const sound = Array.isArray(failures) ? failures.filter(isFailure) : [];
  const last = sound.at(-1);
  const isKnown = last?.kind === damage.kind && last.message === damage.message;
  return (isKnown ? sound : [...sound, damage]).slice(-MAX_FAILURES);
}

function nearest(value: unknown, min: number, max: number): number {
  if (isWithin(value, min, max)) return value;
  return typeof value === "number" && value > max ? max : min;
}

function nameOf(type: unknown): string {
  if (isName(type)) return type;
  const start = typeof type === "string" ? type.slice(0, 255).toWellFormed() : "";
  return start.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd") || "(none)";
}
