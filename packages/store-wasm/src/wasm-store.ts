import { SqliteStore, type SqliteStoreOptions } from "@turno/store-sqlite";
import type { Database } from "sql.js";
import { toStoreError } from "./to-store-error.ts";
import { wasmPort } from "./wasm-port.ts";

/** Keeps jobs in a database of sql.js, in memory; `export` gives what has to be kept beyond it. */
export class WasmStore extends SqliteStore {
  readonly #database: Database;

  /** The database is the store's own from here on. */
  constructor(database: Database, options?: SqliteStoreOptions) {
    super(wasmPort(database), options);
    this.#database = database;
  }

  /** The database as the bytes of an SQLite file: a copy, to be opened again with `openWasmStore({ image })`. */
  export(): Uint8Array {
    try {
      return this.#database.export();
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
