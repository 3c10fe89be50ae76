import type { TableNames } from "./table-names.ts";

/** The version of the tables that this code reads and writes. */
export const SCHEMA_VERSION = 3;

/** Which jobs the index of rare ones holds, in words that a query repeats. By IN, each write would build a table of the three. */
export const RARE_STATES = "state = 1 OR state > 3";

/** The table that says what the others are; it is the same in every version. */
export function metaTable({ meta }: TableNames): string {
  return `CREATE TABLE ${meta} (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID`;
}

/** What leads from each version to the next, from nothing on; what was published is never changed. */
export const MIGRATIONS: readonly ((tables: TableNames) => readonly string[])[] = [
  ({ jobs, payloads, workers, paused }) => [
    // What grows stands last: a row that spills over is then read without its overflow pages.
    `CREATE TABLE ${jobs} (
      seq INTEGER PRIMARY KEY,
      state INTEGER NOT NULL,
      ready INTEGER,
      type TEXT NOT NULL,
      priority INTEGER NOT NULL,
      run_at INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      max_attempts INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      claimed_at INTEGER,
      finished_at INTEGER,
      worker INTEGER,
      timeout_ms INTEGER,
      unique_until INTEGER NOT NULL,
      holds_key INTEGER NOT NULL,
      unique_key TEXT,
      backoff TEXT,
      result TEXT,
      failures TEXT
    ) STRICT`,
    // An UPDATE writes its whole row again: large payloads lie aside and are written once.
    `CREATE TABLE ${payloads} (seq INTEGER PRIMARY KEY, payload TEXT NOT NULL) STRICT`,
    `CREATE TABLE ${workers} (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      beat INTEGER NOT NULL,
      lease_ms INTEGER NOT NULL,
      sign TEXT
    ) STRICT`,
    `CREATE TABLE ${paused} (type TEXT PRIMARY KEY) STRICT, WITHOUT ROWID`,
    // Each index holds only the rows that can be asked for: what waits for later or is finished costs a claim nothing.
    // None says IS NOT NULL: beside that, SQLite prepares a statement with a parameter anew at each use (30 µs).
    `CREATE INDEX ${jobs}_ready ON ${jobs} (type, priority DESC, run_at) WHERE ready = 1`,
    `CREATE INDEX ${jobs}_due ON ${jobs} (run_at) WHERE ready = 0`,
    `CREATE UNIQUE INDEX ${jobs}_key ON ${jobs} (type, unique_key) WHERE holds_key = 1`,
    `CREATE INDEX ${jobs}_worker ON ${jobs} (worker) WHERE worker > 0`,
    `CREATE INDEX ${jobs}_finished ON ${jobs} (state, finished_at) WHERE finished_at >= 0`,
  ],
  ({ notes }) => [
    `CREATE TABLE ${notes} (seq INTEGER PRIMARY KEY, progress TEXT, log TEXT NOT NULL) STRICT`,
  ],
  ({ jobs }) => [
    // NULL: the payload lies aside.
    `ALTER TABLE ${jobs} ADD COLUMN payload TEXT`,
    // For pages of failed, dead and cancelled jobs; a job that goes well is never in it. `type` saves looking at rows.
    `CREATE INDEX ${jobs}_rare ON ${jobs} (state, seq, type) WHERE ${RARE_STATES}`,
  ],
];
