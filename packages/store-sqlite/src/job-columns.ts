import { holdsKey, type Job, type JobState, type NewJob, type RunningJob } from "@turno/core";
import type { SqlValue } from "./sql-port.ts";

/** The numbers by which rows name the states; what was published is never changed. */
export const STATE_CODES = {
  pending: 0,
  failed: 1,
  running: 2,
  completed: 3,
  dead: 4,
  cancelled: 5,
} as const satisfies Record<JobState, number>;

/** The columns that can change in the life of a job. */
export const CHANGING_COLUMNS = [
  "state",
  "ready",
  "run_at",
  "attempt",
  "revision",
  "claimed_at",
  "finished_at",
  "worker",
  "holds_key",
  "result",
  "failures",
] as const;

/** Their values, in the same order. */
export function changingValues(job: Job): SqlValue[] {
  const waits = job.state === "pending" || job.state === "failed";
  return [
    STATE_CODES[job.state],
    waits ? Number(job.ready) : null,
    job.runAt,
    job.attempt,
    job.revision,
    job.claimedAt ?? null,
    "finishedAt" in job ? job.finishedAt : null,
    job.state === "running" ? job.worker : null,
    Number(holdsKey(job)),
    job.state === "completed" ? (job.result ?? null) : null,
    job.failures.length === 0 ? null : JSON.stringify(job.failures),
  ];
}

/** The columns of a new row, but for its number and its payload. */
export const NEW_COLUMNS = [
  "state",
  "ready",
  "attempt",
  "revision",
  "worker",
  "claimed_at",
  "type",
  "priority",
  "run_at",
  "max_attempts",
  "created_at",
  "timeout_ms",
  "unique_until",
  "holds_key",
  "unique_key",
  "backoff",
] as const;

/** Their values, in the same order; `started` is what a claim has made of the job before it was ever stored. */
export function newValues(job: NewJob, started: RunningJob | undefined): SqlValue[] {
  const { uniqueKey, uniqueUntil } = job;
  return [
    started === undefined ? STATE_CODES.pending : STATE_CODES.running,
    started === undefined ? Number(job.ready) : null,
    started?.attempt ?? 0,
    started?.revision ?? 1,
    started?.worker ?? null,
    started?.claimedAt ?? null,
    job.type,
    job.priority,
    job.runAt,
    job.maxAttempts,
    job.createdAt,
    job.timeoutMs ?? null,
    Number(uniqueUntil === "pruned"),
    Number(holdsKey({ uniqueKey, uniqueUntil, state: "pending" })),
    uniqueKey ?? null,
    job.backoff === undefined ? null : JSON.stringify(job.backoff),
  ];
}

/** The columns of a job that is taken over from another store, but for its payload. */
export const ADOPTED_COLUMNS = [
  "seq",
  "type",
  "priority",
  "max_attempts",
  "created_at",
  "timeout_ms",
  "unique_until",
  "unique_key",
  "backoff",
  ...CHANGING_COLUMNS,
] as const;

/** Their values, in the same order. */
export function adoptedValues(job: Job): SqlValue[] {
  return [
    job.seq,
    job.type,
    job.priority,
    job.maxAttempts,
    job.createdAt,
    job.timeoutMs ?? null,
    Number(job.uniqueUntil === "pruned"),
    job.uniqueKey ?? null,
    job.backoff === undefined ? null : JSON.stringify(job.backoff),
    ...changingValues(job),
  ];
}
