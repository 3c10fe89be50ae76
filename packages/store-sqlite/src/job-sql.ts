import { SEQ_LIMIT } from "@turno/core";
import { CHANGING_COLUMNS, NEW_COLUMNS, STATE_CODES } from "./job-columns.ts";
import { JOB_COLUMNS } from "./job-row.ts";
import { bySeqs } from "./by-seqs.ts";
import type { TableNames } from "./table-names.ts";

/** The statements over jobs, but for those of a list and of a claim. */
export function jobSql(tables: TableNames) {
  const { jobs, payloads, notes } = tables;
  // Somebody may have stored a row under a number that no id can carry: jobs are numbered as if it were not there.
  const lastSeq = `SELECT max(seq) AS seq FROM ${jobs} WHERE seq >= 0 AND seq < ${SEQ_LIMIT}`;
  const prunable = `SELECT seq FROM ${jobs}
    WHERE state = +? AND finished_at >= 0 AND finished_at <= +? AND seq <> (${lastSeq})
    ORDER BY finished_at, seq LIMIT +?`;

  return {
    /** seq of the newest job */
    lastSeq,

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

    /** …changing columns, seq. For a row that is damaged, whatever it says its revision is. */
    replaceDamaged: `UPDATE OR IGNORE ${jobs} SET ${CHANGING_COLUMNS.map((column) => `${column} = ?`).join(", ")}
      WHERE seq = ?`,

    /** Takes back what was inserted alone, under a number that no id can carry. */
    deleteLastInserted: `DELETE FROM ${jobs} WHERE seq = last_insert_rowid()`,

    /** now, failures. Buries what is ready under a number that no id can carry: not every driver can name it. */
    buryUnnumbered: `UPDATE ${jobs} INDEXED BY ${jobs}_ready SET state = ${STATE_CODES.dead}, ready = NULL, worker = NULL, holds_key = 0,
      finished_at = ?, failures = ? WHERE ready = 1 AND (seq < 1 OR seq >= ${SEQ_LIMIT})`,

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
    notesOfHeld: `SELECT ${notTooLong("progress")}, ${notTooLong("log")} FROM ${jobs} AS job LEFT JOIN ${notes} AS noted ON noted.seq = job.seq
      WHERE job.seq = ? AND job.revision = ? AND job.state = ${STATE_CODES.running}`,

    /** seq, progress, log */
    writeNotes: `INSERT OR REPLACE INTO ${notes} (seq, progress, log) VALUES (?, ?, ?)`,

    /** [seq, …] */
    notes: `SELECT noted.seq AS seq, ${notTooLong("progress")}, ${notTooLong("log")} FROM json_each(?) AS wanted
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

/** These columns and the payload, wherever it lies; what is too long to be Turno's is not read. */
export function selected(columns: readonly string[], { payloads }: TableNames): string {
  const list = columns.map((column) =>
    LONG.has(column) ? notTooLong(`job.${column}`) : `job.${column}`,
  );
  return `${list.join(", ")}, CASE WHEN octet_length(job.payload) > ${MOST_BYTES} THEN NULL ELSE
    coalesce(job.payload, (SELECT payload FROM ${payloads} AS stored
      WHERE stored.seq = job.seq AND octet_length(stored.payload) <= ${MOST_BYTES})) END AS payload`;
}

/** The column, or where it is too long a text that is no JSON. */
export function notTooLong(column: string): string {
  return `CASE WHEN octet_length(${column}) > ${MOST_BYTES} THEN '' ELSE ${column} END AS ${column.replace(/.*\./, "")}`;
}

/** No text that Turno stores has so many bytes, though the database may keep two for a character. */
export const MOST_BYTES = 4 * 1024 * 1024;

const LONG = new Set(["result", "failures"]);
