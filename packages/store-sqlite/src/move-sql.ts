import { ADOPTED_COLUMNS } from "./job-columns.ts";
import type { TableNames } from "./table-names.ts";

/** What says whose jobs these are, and whether they are being moved. */
export function identitySql({ meta }: TableNames): string {
  const value = (key: string) => `(SELECT value FROM ${meta} WHERE key = '${key}')`;
  return `SELECT ${value("salt")} AS salt, ${value("move")} AS run, ${value("moved")} AS ended_at`;
}

/** The statements of a move into these tables. */
export function moveSql({ jobs, payloads, notes, workers, paused, meta }: TableNames) {
  const bySeqs = "WHERE seq IN (SELECT value FROM json_each(?))";
  return {
    workers: `SELECT count(*) AS count FROM ${workers}`,
    /** [type, …] */
    pause: `INSERT OR IGNORE INTO ${paused} (type) SELECT value FROM json_each(?)`,
    /** key, value */
    write: `INSERT OR REPLACE INTO ${meta} (key, value) VALUES (?, ?)`,
    /** [seq, …] */
    deleteJobs: `DELETE FROM ${jobs} ${bySeqs}`,
    deletePayloads: `DELETE FROM ${payloads} ${bySeqs}`,
    deleteNotes: `DELETE FROM ${notes} ${bySeqs}`,
    /** …adopted columns, payload */
    insert: `INSERT INTO ${jobs} (${ADOPTED_COLUMNS.join(", ")}, payload)
      VALUES (?${", ?".repeat(ADOPTED_COLUMNS.length)})`,
    /** worker. The number stays given once the row is gone. */
    giveWorker: `INSERT INTO ${workers} (id, beat, lease_ms) VALUES (?, 0, 1)`,
  };
}
