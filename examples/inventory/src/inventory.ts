import { Queue } from "@turno/core";
import { openSqliteStore, type SqliteNodeStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { type Jobs, jobs } from "./jobs.ts";

const TABLES = `
  CREATE TABLE IF NOT EXISTS inventory (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    directory BLOB NOT NULL,
    is_walked INTEGER NOT NULL DEFAULT 0,
    is_reported INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS files (
    path BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

const KINDS = `
  SELECT kind, count(*) AS files, sum(size) AS bytes FROM files
  GROUP BY kind ORDER BY bytes DESC, kind`;

const IDENTICAL = `
  SELECT count(*) AS copies, size, min(path) AS path FROM files
  GROUP BY sha256 HAVING copies > 1 ORDER BY (copies - 1) * size DESC, copies DESC, path LIMIT ?`;

/** What there is to know of a file. */
export interface FileRow {
  /** Relative to the directory. */
  readonly path: Buffer;
  readonly size: number;
  readonly kind: string;
  readonly sha256: string;
}

/** How far the work is, in files. */
export interface State {
  /** Whether all files are found. */
  readonly isWalked: boolean;
  readonly found: number;
  readonly done: number;
  readonly unreadable: number;
  readonly left: number;
  readonly bytes: number;
}

/** What is to be done and what was found: the queue's tables and our own, side by side in one SQLite file. */
export class Inventory {
  readonly file: string;
  readonly db: Database.Database;
  readonly queue: Queue<Jobs, SqliteNodeStore>;
  readonly #insert: Database.Statement<[FileRow]>;

  /** Opens the inventory in `file`; where there is none it begins one, of `directory`. */
  constructor(file: string, directory?: Buffer) {
    this.file = file;
    this.queue = new Queue({
      // "normal": a power cut may undo the last moments, of jobs and files alike, and then those are read again.
      store: openSqliteStore(file, { durability: "normal" }),
      jobs,
      retention: { completed: Infinity, dead: Infinity },
    });
    this.db = new Database(file);
    this.db.exec(TABLES);
    if (directory !== undefined)
      this.db
        .prepare("INSERT OR IGNORE INTO inventory (id, directory) VALUES (1, ?)")
        .run(directory);
    this.#insert = this.db.prepare("INSERT INTO files VALUES (:path, :size, :kind, :sha256)");
  }

  /** Throws where the file is in already. */
  add(row: FileRow): void {
    this.#insert.run(row);
  }

  get directory(): Buffer {
    return this.#get("SELECT directory FROM inventory");
  }

  get isWalked(): boolean {
    return this.#get("SELECT is_walked FROM inventory") === 1;
  }

  setWalked(): void {
    this.db.exec("UPDATE inventory SET is_walked = 1");
  }

  /** Whether the user has seen the report. */
  get isReported(): boolean {
    return this.#get("SELECT is_reported FROM inventory") === 1;
  }

  setReported(): void {
    this.db.exec("UPDATE inventory SET is_reported = 1");
  }

  async state(): Promise<State> {
    // First of all: once the walk is over, no jobs are added.
    const { isWalked, bytes } = this;
    const { completed: done, dead: unreadable, ...others } = await this.queue.counts();
    const left = others.pending + others.running + others.failed;
    return { isWalked, found: done + unreadable + left, done, unreadable, left, bytes };
  }

  get bytes(): number {
    return this.#get("SELECT total(size) FROM files");
  }

  get contents(): number {
    return this.#get("SELECT count(DISTINCT sha256) FROM files");
  }

  kinds() {
    return this.db.prepare<[], { kind: string; files: number; bytes: number }>(KINDS).all();
  }

  /** The groups of files with the same content, those first that waste the most room. */
  identical(limit: number) {
    type Group = { copies: number; size: number; path: Buffer };
    return this.db.prepare<[number], Group>(IDENTICAL).all(limit);
  }

  async close(): Promise<void> {
    await this.queue.close();
    this.db.close();
  }

  #get<T>(sql: string): T {
    return this.db.prepare<[], T>(sql).pluck().get() as T;
  }
}
