/** A value that every driver can bind: integers are safe ones, and there are no booleans. */
export type SqlValue = string | number | null;

/** A row as the driver gives it: one property for each column of the statement. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A prepared statement; parameters are positional (`?`). */
export interface SqlStatement {
  all(...parameters: SqlValue[]): SqlRow[];
  get(...parameters: SqlValue[]): SqlRow | undefined;
  /** Answers with how many rows the statement changed itself. */
  run(...parameters: SqlValue[]): number;
}

/** What the store needs of a synchronous SQLite driver: a part of better-sqlite3, in short. */
export interface SqlPort {
  /** How messages name the database, where it has a name. */
  readonly name?: string | undefined;
  /** How many SELECTs a statement may join by UNION ALL, where the platform allows fewer than 64: a power of two. */
  readonly mostCompounded?: number | undefined;
  /** Whether the platform keeps from its users what SQLite says of itself: its version, a full check. */
  readonly isGuarded?: boolean | undefined;
  prepare(sql: string): SqlStatement;
  /**
   * Runs `work` in one transaction that takes the write lock before it reads (`BEGIN IMMEDIATE`), or within the one
   * that is open where the port is made for a caller's transaction, or was called by such work. Undoes what `work` has
   * done, and nothing else, and rethrows what it throws.
   */
  immediately<T>(work: () => T): T;
  close(): void;
}
