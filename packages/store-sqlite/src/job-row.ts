import {
  type Backoff,
  encodeJobId,
  type Failure,
  type Job,
  StoreCorrupt,
  type WaitingJob,
} from "@turno/core";
import { STATE_CODES } from "./job-columns.ts";
import type { SqlRow } from "./sql-port.ts";

/** The columns that make up a job, without its payload. */
export const JOB_COLUMNS = [
  "seq",
  "state",
  "ready",
  "type",
  "priority",
  "run_at",
  "attempt",
  "max_attempts",
  "revision",
  "created_at",
  "claimed_at",
  "finished_at",
  "worker",
  "timeout_ms",
  "unique_until",
  "unique_key",
  "backoff",
  "result",
  "failures",
] as const satisfies readonly (keyof JobRow)[];

/** The job that a row with all of `JOB_COLUMNS` and its payload holds; throws `StoreCorrupt` where it holds none. */
export function toJob(row: SqlRow, salt: number): Job {
  const columns = row as unknown as JobRow;
  const common = commonOf(columns, salt);
  switch (columns.state) {
    case STATE_CODES.pending:
      return { ...common, state: "pending", ready: columns.ready === 1 };
    case STATE_CODES.failed:
      return { ...common, state: "failed", ready: columns.ready === 1 };
    case STATE_CODES.running:
      return {
        ...common,
        state: "running",
        worker: present(columns, "worker"),
        claimedAt: present(columns, "claimed_at"),
      };
    case STATE_CODES.completed:
      return {
        ...common,
        ...finished(columns),
        state: "completed",
        result: columns.result ?? undefined,
      };
    case STATE_CODES.dead:
      return { ...common, ...finished(columns), state: "dead" };
    case STATE_CODES.cancelled:
      return { ...common, ...finished(columns), state: "cancelled" };
    default:
      throw damaged(columns, `it has the state ${columns.state}`);
  }
}

/** The same for a row that waits. */
export function toWaitingJob(row: SqlRow, salt: number): WaitingJob {
  const job = toJob(row, salt);
  if (job.state === "pending" || job.state === "failed") return job;
  throw damaged(row as unknown as JobRow, `it is ready, but ${job.state}`);
}

interface JobRow {
  readonly seq: number;
  readonly state: number;
  readonly ready: number | null;
  readonly type: string;
  readonly priority: number;
  readonly run_at: number;
  readonly attempt: number;
  readonly max_attempts: number;
  readonly revision: number;
  readonly created_at: number;
  readonly claimed_at: number | null;
  readonly finished_at: number | null;
  readonly worker: number | null;
  readonly timeout_ms: number | null;
  readonly unique_until: number;
  readonly unique_key: string | null;
  readonly backoff: string | null;
  readonly result: string | null;
  readonly failures: string | null;
  readonly payload: string | null;
}

function commonOf(row: JobRow, salt: number) {
  return {
    id: encodeJobId({ createdAt: row.created_at, salt, seq: row.seq }),
    seq: row.seq,
    type: row.type,
    payload: present(row, "payload"),
    priority: row.priority,
    runAt: row.run_at,
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    timeoutMs: row.timeout_ms ?? undefined,
    backoff: backoffOf(row),
    uniqueKey: row.unique_key ?? undefined,
    uniqueUntil: row.unique_until === 1 ? "pruned" : "finished",
    createdAt: row.created_at,
    revision: row.revision,
    claimedAt: row.claimed_at ?? undefined,
    failures: failuresOf(row),
  } as const;
}

function finished(row: JobRow) {
  return { finishedAt: present(row, "finished_at") };
}

function present<Name extends keyof JobRow>(row: JobRow, column: Name): NonNullable<JobRow[Name]> {
  return row[column] ?? fail(damaged(row, `its ${column} is missing`));
}

function backoffOf(row: JobRow): Backoff | undefined {
  if (row.backoff === null) return undefined;
  const backoff = parsed(row, "backoff", row.backoff);
  if (typeof backoff === "object" && backoff !== null) return backoff;
  throw damaged(row, "its backoff is none");
}

function failuresOf(row: JobRow): readonly Failure[] {
  if (row.failures === null) return [];
  const failures = parsed(row, "failures", row.failures);
  if (Array.isArray(failures)) return failures as readonly Failure[];
  throw damaged(row, "its failures are none");
}

function parsed(row: JobRow, column: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(row, `its ${column} cannot be read`, error);
  }
}

function fail(error: Error): never {
  throw error;
}

function damaged({ seq, type }: JobRow, fault: string, cause?: unknown): StoreCorrupt {
  return new StoreCorrupt(
    `the job in row ${seq} (${type}) is damaged: ${fault}; restore a backup, or delete this row and its payload`,
    { cause },
  );
}
