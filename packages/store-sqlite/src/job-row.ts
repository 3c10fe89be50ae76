import { damaged, encodeJobId, type Job, jobFault, type Remains } from "@turno/core";
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

/**
 * The job that a row with all of `JOB_COLUMNS` and its payload holds. A row that somebody has damaged is read as core's
 * `damaged` says.
 */
export function toJob(row: SqlRow, salt: number): Job {
  const remains = remainsOf(row as unknown as JobRow, salt);
  const fault = jobFault(remains);
  return fault === undefined ? (remains as Job) : damaged(remains, fault);
}

/** What is wrong with such a row; undefined where it holds a job. */
export function rowFault(row: SqlRow, salt: number): string | undefined {
  return jobFault(remainsOf(row as unknown as JobRow, salt));
}

interface JobRow {
  readonly seq: number;
  readonly state: number;
  readonly ready: number | null | undefined;
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

function remainsOf(row: JobRow, salt: number): Remains {
  const common = commonOf(row, salt);
  switch (row.state) {
    case STATE_CODES.pending:
      return { ...common, state: "pending", ready: readyOf(row) };
    case STATE_CODES.failed:
      return { ...common, state: "failed", ready: readyOf(row) };
    case STATE_CODES.running:
      return { ...common, ...notReady(row), state: "running", worker: row.worker };
    case STATE_CODES.completed:
      return { ...common, ...finished(row), state: "completed", result: row.result ?? undefined };
    case STATE_CODES.dead:
      return { ...common, ...finished(row), state: "dead" };
    case STATE_CODES.cancelled:
      return { ...common, ...finished(row), state: "cancelled" };
    default:
      return { ...common, ...finished(row), state: row.state };
  }
}

function commonOf(row: JobRow, salt: number) {
  return {
    id: encodeJobId({ createdAt: row.created_at, salt, seq: row.seq }),
    seq: row.seq,
    type: row.type,
    payload: row.payload,
    priority: row.priority,
    runAt: row.run_at,
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    timeoutMs: row.timeout_ms ?? undefined,
    backoff: row.backoff === null ? undefined : backoffOf(row.backoff),
    uniqueKey: row.unique_key ?? undefined,
    uniqueUntil: UNTIL[row.unique_until] ?? row.unique_until,
    createdAt: row.created_at,
    revision: row.revision,
    claimedAt: row.claimed_at ?? undefined,
    failures: row.failures === null ? [] : parsed(row.failures),
  };
}

const UNTIL: readonly unknown[] = ["finished", "pruned"];

/** A claim does not read the column: what it finds is ready. */
function readyOf({ ready }: JobRow): unknown {
  return ready === undefined || ready === 1 ? true : ready === 0 ? false : ready;
}

/** What does not wait has no `ready`, and is damaged where it has. */
function notReady({ ready }: JobRow): { readonly ready?: number } {
  return ready === null || ready === undefined ? NOTHING : { ready };
}

const NOTHING = {};

function finished(row: JobRow) {
  return { ...notReady(row), finishedAt: row.finished_at };
}

/** Jobs that are read together mostly have one backoff: then it is one object, and is checked once. */
function backoffOf(text: string): unknown {
  if (text !== latest.text) latest = { text, backoff: Object.freeze(parsed(text)) };
  return latest.backoff;
}

let latest: { readonly text: string; readonly backoff: unknown } = { text: "", backoff: "" };

/** The value of a JSON text; a text that is none is itself what is found. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
