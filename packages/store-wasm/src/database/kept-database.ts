import { StoreCorrupt } from "@turno/core";
import {
  type SqlPort,
  type SqlStatement,
  SqliteStore,
  type SqliteStoreOptions,
} from "@turno/store-sqlite";
import type { Database, SqlJsStatic } from "sql.js";
import type { RowImage, Stored } from "../persistence/persistence.ts";
import { AnsweredCalls } from "./answered-calls.ts";
import { ChangedRows } from "./changed-rows.ts";
import { callsTable, keptTables } from "./kept-tables.ts";
import { openDatabase } from "./open-database.ts";
import { replay } from "./replay.ts";
import { toStoreError } from "./to-store-error.ts";
import { wasmPort } from "./wasm-port.ts";

/** A queue's database in memory, which can tell what has to be stored to have it again. */
export class KeptDatabase {
  readonly port: SqlPort;
  readonly tables: SqliteStore;
  readonly calls: AnsweredCalls;
  /** Whether its tables differ from those that are stored: changes of rows say nothing of that, so it wants a snapshot. */
  readonly wantsSnapshot: boolean;
  readonly #database: Database;
  readonly #changed: ChangedRows;
  readonly #changes: SqlStatement;

  constructor(
    sqlJs: SqlJsStatic,
    stored: Stored,
    { table = "turno_", random }: SqliteStoreOptions,
  ) {
    const database = openDatabase(sqlJs, stored.snapshot);
    try {
      this.#database = database;
      this.port = wasmPort(database);
      const before = schemaVersion(this.port);
      const kept = keptTables(table);
      replayAll(this.port, kept, stored);
      this.tables = new SqliteStore(this.port, { table, random });
      this.port.prepare(createCalls(table)).run();
      this.wantsSnapshot = schemaVersion(this.port) !== before;
      this.calls = new AnsweredCalls(this.port, this.tables, table);
      this.#changed = new ChangedRows(this.port, kept);
      this.#changes = this.port.prepare("SELECT total_changes() AS changes");
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** How many rows were written since it was opened, whatever became of them. */
  changes(): number {
    return Number(this.#changes.get()?.["changes"]);
  }

  /** The rows that have changed since they were last taken, or since it was opened. */
  takeChanges(): readonly RowImage[] {
    return this.#changed.take();
  }

  /** The database as the bytes of an SQLite file. */
  export(): Uint8Array {
    try {
      return this.#database.export();
    } catch (error) {
      throw toStoreError(error);
    }
  }

  close(): void {
    this.#database.close();
  }
}

function replayAll(
  port: SqlPort,
  tables: ReturnType<typeof keptTables>,
  { snapshot, log }: Stored,
): void {
  if (log.length === 0) return;
  if (snapshot === undefined) {
    throw new StoreCorrupt(
      "there are stored changes, but not the image that they change; restore a backup, or delete the site's data to " +
        "begin afresh",
    );
  }
  replay(port, tables, log);
}

function createCalls(prefix: string): string {
  return `CREATE TABLE IF NOT EXISTS ${callsTable(prefix)} (
    seq INTEGER PRIMARY KEY, caller TEXT NOT NULL, call INTEGER NOT NULL, at INTEGER NOT NULL, answer TEXT NOT NULL,
    UNIQUE (caller, call)) STRICT`;
}

function schemaVersion(port: SqlPort): number {
  return Number(port.prepare("PRAGMA schema_version").get()?.["schema_version"]);
}
