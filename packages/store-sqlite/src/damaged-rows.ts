import { holdsKey } from "@turno/core";
import { JOB_COLUMNS, rowFault, toJob } from "./job-row.ts";
import { MOST_BYTES, notTooLong } from "./job-sql.ts";
import type { SqlRow } from "./sql-port.ts";
import type { Statements } from "./statements.ts";
import type { Steps } from "./steps.ts";
import type { TableNames } from "./table-names.ts";

/** A row of the table of jobs that holds no job, or contradicts itself. */
export interface DamagedRow {
  /** Its number; beyond 2⁵³ what the driver makes of it. */
  readonly seq: number;
  readonly type: string;
  /** What is wrong with it. */
  readonly fault: string;
}

export interface DamagedRows {
  /** The newest, at most 100. */
  readonly rows: readonly DamagedRow[];
  /** How many there are. */
  readonly count: number;
}

const MOST = 100;

/** How many row numbers are looked through at once. */
const PART = 500;

/** The same where numbers are so large that the next one JavaScript knows may be 1,024 away. */
const COARSE_PART = 4_096;

/** Beyond every number that a row can have. */
const BEYOND = 2 ** 63;

/**
 * Looks for damage in every row; nothing is written. Whether a payload or a result is JSON is not looked at: that is
 * found by who reads it, and to read them all would take long.
 */
export function* damagedRows(statements: Statements, salt: number): Steps<DamagedRows> {
  const { of, lastBefore, tables } = statements;
  const walk = of(walkSql(tables));
  const rows: DamagedRow[] = [];
  let count = 0;
  for (let before = BEYOND; ; ) {
    const last = lastBefore.get(before)?.["seq"] ?? null;
    if (last === null) return { rows, count };
    const from = Number(last) - (Number.isSafeInteger(last) ? PART : COARSE_PART) + 1;
    for (const row of walk.all(before, from)) {
      const fault = rowFault(row, salt) ?? keyFault(row, salt);
      if (fault === undefined) continue;
      count++;
      if (rows.length < MOST)
        rows.push({ seq: Number(row["seq"]), type: String(row["type"]), fault });
    }
    before = from;
    yield;
  }
}

/** before, from. Of a payload only whether it is there: it stays where it is. */
function walkSql({ jobs, payloads }: TableNames): string {
  const columns = JOB_COLUMNS.filter((column) => column !== "result").map(notTooLong);
  return `SELECT ${columns.join(", ")}, holds_key, CASE WHEN octet_length(payload) <= ${MOST_BYTES} OR EXISTS
      (SELECT 1 FROM ${payloads} AS stored WHERE stored.seq = job.seq AND octet_length(stored.payload) <= ${MOST_BYTES})
    THEN '' END AS payload
    FROM ${jobs} AS job WHERE seq < +? AND seq >= +? ORDER BY seq DESC`;
}

function keyFault(row: SqlRow, salt: number): string | undefined {
  const job = toJob(row, salt);
  if (row["holds_key"] === Number(holdsKey(job))) return undefined;
  return `its holds_key is ${row["holds_key"]}, though it is ${job.state}`;
}
