import { type SqlPort, SqliteStore, type SqliteStoreOptions } from "@turno/store-sqlite";
import { toStoreError } from "./database/to-store-error.ts";
import { type PersistenceReport, type ReportOptions, storageReport } from "./persistence-report.ts";

/** Keeps jobs in a database of sql.js, in memory; `openWasmStore` makes it, `export` gives what to keep beyond it. */
export class MemoryWasmStore extends SqliteStore {
  readonly #image: () => Uint8Array;

  // Without a type of sql.js: its types are not here for everybody who installs this.
  /** @internal */
  constructor(port: SqlPort, image: () => Uint8Array, options?: SqliteStoreOptions) {
    super(port, options);
    this.#image = image;
  }

  /** Says that nothing is kept beyond the memory. */
  async persistence(options: ReportOptions = {}): Promise<PersistenceReport> {
    return { mode: "memory", tabs: "single", ...(await storageReport(options)), persisted: false };
  }

  /** The database as the bytes of an SQLite file: a copy, to be opened again with `openWasmStore({ image })`. */
  export(): Uint8Array {
    try {
      return this.#image();
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
