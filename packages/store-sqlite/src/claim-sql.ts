import { STATE_CODES } from "./job-columns.ts";
import { JOB_COLUMNS } from "./job-row.ts";
import { selected } from "./job-sql.ts";
import { bySeqs } from "./by-seqs.ts";
import type { TableNames } from "./table-names.ts";

/** The statements of a claim, but for the one that looks for ready jobs of certain types. */
export function claimSql({ jobs, workers, paused }: TableNames) {
  return {
    /** worker, now: whether the worker is known, whether a job is due, and the paused types */
    outset: `SELECT EXISTS (SELECT 1 FROM ${workers} WHERE id = ?) AS known,
      EXISTS (SELECT 1 FROM ${jobs} WHERE ready = 0 AND run_at <= ?) AS due,
      (SELECT json_group_array(type) FROM ${paused}) AS paused`,

    /** now, limit */
    makeDueReady: `UPDATE ${jobs} SET ready = 1 WHERE seq IN
      (SELECT seq FROM ${jobs} WHERE ready = 0 AND run_at <= +? ORDER BY run_at, seq LIMIT +?)`,

    /** The types that have ready jobs: leaps from each in the index to the next. */
    readyTypes: `WITH RECURSIVE ready_type (type) AS (
        SELECT min(type) FROM ${jobs} WHERE ready = 1
        UNION ALL
        SELECT (SELECT min(type) FROM ${jobs} WHERE ready = 1 AND type > ready_type.type)
        FROM ready_type WHERE ready_type.type IS NOT NULL
      ) SELECT type FROM ready_type WHERE type IS NOT NULL`,

    /** [type, …]: those of them that have ready jobs */
    readyAmong: `SELECT value AS type FROM json_each(?) AS wanted
      WHERE EXISTS (SELECT 1 FROM ${jobs} WHERE ready = 1 AND type = wanted.value)`,

    /** worker, now, …seqs. Says what the pure `start` says. */
    ...bySeqs(
      "start",
      `UPDATE ${jobs} SET state = ${STATE_CODES.running}, ready = NULL, attempt = attempt + 1,
        revision = revision + 1, worker = ?, claimed_at = ? WHERE`,
    ),
  };
}

/** The first ready jobs in claim order, whole: as many types as `arms`, limit. */
export function firstReadySql(tables: TableNames, arms: number): string {
  return inClaimOrder(`SELECT ${selected(CLAIMED_COLUMNS, tables)}`, tables, arms);
}

/** Their places in that order alone, which are cheap to compare: as many types as `arms`, limit. */
export function firstSeqsSql(tables: TableNames, arms: number): string {
  return inClaimOrder("SELECT seq, priority, run_at", tables, arms);
}

function inClaimOrder(select: string, { jobs }: TableNames, arms: number): string {
  // SQLite merges the arms as it goes; a LIMIT inside them would sort each on its own.
  const arm = `${select} FROM ${jobs} AS job WHERE ready = 1 AND type = +?`;
  return `${Array(arms).fill(arm).join(" UNION ALL ")} ORDER BY priority DESC, run_at, seq LIMIT +?`;
}

/** What waiting jobs do not have, or a claim sets, need not be read. */
const UNREAD = new Set<string>(["ready", "claimed_at", "finished_at", "worker", "result"]);
const CLAIMED_COLUMNS = JOB_COLUMNS.filter((column) => !UNREAD.has(column));
