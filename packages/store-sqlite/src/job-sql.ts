import { CHANGING_COLUMNS, NEW_COLUMNS, STATE_CODES } from "./job-columns.ts";
import { JOB_COLUMNS } from "./job-row.ts";
import { bySeqs } from "./by-seqs.ts";
import type { TableNames } from "./table-names.ts";

/** The statements over jobs, but for those of a list and of a claim. */
export function jobSql(tables: TableNames) {
  const { jobs, payloads, notes } = tables;
  const prunable = `SELECT seq FROM ${jobs}
    WHERE state = +? AND finished_at >= 0 AND finished_at <= +? AND seq < (SELECT max(seq) FROM ${jobs})
    ORDER BY finished_at, seq LIMIT +?`;

  return {
    /** seq of the newest job */
    lastSeq: `SELECT max(seq) AS seq FROM ${jobs}`,

    /** …new columns, seq, payload */
    insertJob: `INSERT INTO ${jobs} (${NEW_COLUMNS.join(", ")}, seq, payload)
      VALUES (?, ?${", ?".repeat(NEW_COLUMNS.length)})`,

    lastInserted: "SELECT last_insert_rowid() AS seq",

    /** …new columns, seq of the first, [payload, …] */
    insertJobs: `INSERT INTO ${jobs} (${NEW_COLUMNS.join(", ")}, seq, payload)
      SELECT ${NEW_COLUMNS.map(() => "?").join(", ")}, ? + key, value FROM json_each(?)`,

    /** seq of the first, [payload, …] */
    insertPayloads: `INSERT INTO ${payloads} (seq, payload) SELECT ? + key, value FROM json_each(?)`,

    /** seq, payload */
    insertPayload: `INSERT INTO ${payloads} (seq, payload) VALUES (?, ?)`,

    /** …changing columns, seq, revision before. Ignored where the key is taken. */
    replace: `UPDATE OR IGNORE ${jobs} SET ${CHANGING_COLUMNS.map((column) => `${column} = ?`).join(", ")}
      WHERE seq = ? AND revision = ?`,

    /** finished_at, holds_key, revision before, …seqs. Says what the pure `complete` says where there is no result. */
    ...bySeqs(
      "complete",
      `UPDATE ${jobs} SET state = ${STATE_CODES.completed}, finished_at = ?, worker = NULL, holds_key = ?,
        revision = revision + 1 WHERE revision = ? AND state = ${STATE_CODES.running} AND`,
    ),

    /** seq */
    revision: `SELECT revision FROM ${jobs} WHERE seq = ?`,

    /** [[type, key], …] */
    keyHolders: `SELECT job.type, job.unique_key, job.created_at, job.seq FROM json_each(?) AS wanted
      CROSS JOIN ${jobs} AS job
        ON job.type = wanted.value ->> 0 AND job.unique_key = wanted.value ->> 1 AND job.holds_key = 1`,

    /** [seq, …] */
    get: `SELECT ${wholeJob(tables)} FROM json_each(?) AS wanted
      CROSS JOIN ${jobs} AS job ON job.seq = wanted.value`,

    /** seq, revision: a row where the job takes a note */
    notesOfHeld: `SELECT progress, log FROM ${jobs} AS job LEFT JOIN ${notes} AS noted ON noted.seq = job.seq
      WHERE job.seq = ? AND job.revision = ? AND job.state = ${STATE_CODES.running}`,

    /** seq, progress, log */
    writeNotes: `INSERT OR REPLACE INTO ${notes} (seq, progress, log) VALUES (?, ?, ?)`,

    /** [seq, …] */
    notes: `SELECT noted.seq AS seq, progress, log FROM json_each(?) AS wanted
      CROSS JOIN ${notes} AS noted ON noted.seq = wanted.value`,

    /** seq */
    lastBefore: `SELECT max(seq) AS seq FROM ${jobs} WHERE seq < +?`,

    /** How many row numbers lie between the oldest job and the newest; NULL where there is none. */
    span: `SELECT (SELECT max(seq) FROM ${jobs}) - (SELECT min(seq) FROM ${jobs}) + 1 AS numbers`,

    nextDueAt: `SELECT min(run_at) AS run_at FROM ${jobs} WHERE ready = 0`,

    /** state's code, instant, limit */
    prunePayloads: `DELETE FROM ${payloads} WHERE seq IN (${prunable})`,
    pruneNotes: `DELETE FROM ${notes} WHERE seq IN (${prunable})`,
    pruneJobs: `DELETE FROM ${jobs} WHERE seq IN (${prunable})`,
  };
}

/** What a statement selects for `toJob`, where the table of jobs is called `job`. */
export function wholeJob(tables: TableNames): string {
  return selected(JOB_COLUMNS, tables);
}

/** These columns and the payload, wherever it lies. */
export function selected(columns: readonly string[], { payloads }: TableNames): string {
  const list = columns.map((column) => `job.${column}`).join(", ");
  return `${list}, coalesce(job.payload, (SELECT payload FROM ${payloads} AS stored WHERE stored.seq = job.seq)) AS payload`;
}
