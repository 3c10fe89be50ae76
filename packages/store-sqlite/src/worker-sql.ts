import { tableNames, type TableNames } from "./table-names.ts";

/** The statements over workers and paused types. */
export function workerSql({ workers, paused }: TableNames) {
  return {
    /** lease, sign */
    join: `INSERT INTO ${workers} (beat, lease_ms, sign) VALUES (0, ?, ?) RETURNING id`,
    /** worker */
    leave: `DELETE FROM ${workers} WHERE id = ?`,
    /** worker, its latest beat */
    leaveAt: `DELETE FROM ${workers} WHERE id = ? AND beat = ?`,
    workers: `SELECT id, beat, lease_ms, sign FROM ${workers} ORDER BY id`,
    /** type */
    pause: `INSERT OR IGNORE INTO ${paused} (type) VALUES (?)`,
    /** type */
    resume: `DELETE FROM ${paused} WHERE type = ?`,
    paused: `SELECT type FROM ${paused}`,
  };
}

/**
 * The statements of a beat, for whoever beats over a connection of its own: in one transaction that takes the write
 * lock first, `beat` (changes no row where the worker is not known), `schema` (a row `value`, for
 * `refuseNewerSchema`) and `holds` (rows `seq`, `revision`). `table` is the prefix of the tables.
 */
export function beatSql(table: string) {
  const { jobs, workers, meta } = tableNames(table);
  return {
    /** worker */
    beat: `UPDATE ${workers} SET beat = beat + 1 WHERE id = ?`,
    schema: `SELECT value FROM ${meta} WHERE key = 'schema'`,
    /** worker */
    holds: `SELECT seq, revision FROM ${jobs} WHERE worker = ? AND worker > 0`,
  };
}
