import { damaged, encodeJobId, type Job, jobFault, type Remains } from "@turno/core";
import type { Row } from "../connection/queryable.ts";
import { STATE_CODES } from "../write/state-codes.ts";

/** No text that Turno stores is longer; one that is says nothing, and is not read. */
const MOST_BYTES = 4 * 2 ** 20;

/** The payload of a row of jobs. */
export const PAYLOAD = `CASE WHEN octet_length(job.payload) <= ${MOST_BYTES} THEN job.payload END AS payload`;

/**
 * What is selected for `toJob` from a table of jobs that is called `job`; `salt` is there too, since a move may have changed
 * it.
 */
export function jobColumns(schema: string): string {
  return `${columnsButPayload(schema)}, ${PAYLOAD}`;
}

export function columnsButPayload(schema: string): string {
  return `${COLUMNS}, (SELECT meta.value FROM ${schema}.meta meta WHERE meta.key = 'salt') AS salt`;
}

const COLUMNS = [
  ...[
    "seq",
    "state",
    "due_at",
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
  ].map((column) => `job.${column}`),
  ...["backoff", "result", "failures"].map(
    (column) =>
      `CASE WHEN octet_length(job.${column}) > ${MOST_BYTES} THEN '' ELSE job.${column} END AS ${column}`,
  ),
].join(", ");

/**
 * The job that a row holds. A row that somebody has damaged is read as core's `damaged` says, and told to `onDamaged`: its
 * failures would not tell, since they stay when it is mended.
 */
export function toJob(row: Row, salt: number, onDamaged?: (job: Job) => void): Job {
  const remains = remainsOf(row, salt);
  const fault = jobFault(remains);
  if (fault === undefined) return remains as Job;
  const job = damaged(remains, fault);
  onDamaged?.(job);
  return job;
}

/** What is wrong with such a row; undefined where it holds a job. */
export function rowFault(row: Row): string | undefined {
  return jobFault(remainsOf(row, Number(row["salt"])));
}

function remainsOf(row: Row, salt: number): Remains {
  const common = commonOf(row, salt);
  const finishedAt = number(row["finished_at"]);
  switch (row["state"]) {
    case STATE_CODES.pending:
      return { ...common, state: "pending", ready: isReady(row) };
    case STATE_CODES.failed:
      return { ...common, state: "failed", ready: isReady(row) };
    case STATE_CODES.running:
      return { ...common, state: "running", worker: number(row["worker"]) };
    case STATE_CODES.completed:
      return { ...common, state: "completed", finishedAt, result: row["result"] ?? undefined };
    case STATE_CODES.dead:
      return { ...common, state: "dead", finishedAt };
    case STATE_CODES.cancelled:
      return { ...common, state: "cancelled", finishedAt };
    default:
      return { ...common, state: row["state"], finishedAt };
  }
}

function commonOf(row: Row, salt: number) {
  const seq = Number(row["seq"]);
  const createdAt = Number(row["created_at"]);
  return {
    id: encodeJobId({ createdAt, salt, seq }),
    seq,
    type: row["type"],
    payload: row["payload"],
    priority: row["priority"],
    runAt: Number(row["run_at"]),
    attempt: row["attempt"],
    maxAttempts: row["max_attempts"],
    timeoutMs: row["timeout_ms"] ?? undefined,
    backoff: backoffOf(row["backoff"]),
    uniqueKey: row["unique_key"] ?? undefined,
    uniqueUntil: UNTIL[Number(row["unique_until"])] ?? row["unique_until"],
    createdAt,
    revision: Number(row["revision"]),
    claimedAt: number(row["claimed_at"]),
    failures: row["failures"] === null ? [] : parsed(row["failures"]),
  };
}

const UNTIL: readonly unknown[] = ["finished", "pruned"];

/** What waits, and not for an instant. */
function isReady({ due_at: dueAt }: Row): boolean {
  return dueAt === null;
}

/** Integers of 64 bits come as text, numbers or bigints, as the driver has it. */
function number(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}

/** Jobs that are read together mostly have one backoff: then it is one object, and is checked once. */
function backoffOf(text: unknown): unknown {
  if (text === null) return undefined;
  if (text !== latest.text) latest = { text, backoff: Object.freeze(parsed(text)) };
  return latest.backoff;
}

let latest: { readonly text: unknown; readonly backoff: unknown } = { text: "", backoff: "" };

/** The value of a JSON text; a text that is none is itself what is found. */
function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return text;
  }
}
