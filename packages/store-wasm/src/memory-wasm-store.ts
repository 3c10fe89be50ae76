import { StoreCorrupt } from "@turno/core";
import { type SqlPort, SqliteStore, type SqliteStoreOptions } from "@turno/store-sqlite";
import type { SqlJsStatic } from "sql.js";
import { openDatabase } from "./database/open-database.ts";
import { toStoreError } from "./database/to-store-error.ts";
import { wasmPort } from "./database/wasm-port.ts";
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

/** A store on a database of its own that begins with the image, or empty. */
export function openInMemory(
  sqlJs: SqlJsStatic,
  image: Uint8Array | undefined,
  options: SqliteStoreOptions,
): MemoryWasmStore {
  const database = openDatabase(sqlJs, checkImage(image));
  try {
    return new MemoryWasmStore(wasmPort(database), () => database.export(), options);
  } catch (error) {
    database.close();
    throw error;
  }
}

function checkImage(image: Uint8Array | undefined): Uint8Array | undefined {
  if (image === undefined || (image instanceof Uint8Array && image.length > 0)) return image;
  if (!(image instanceof Uint8Array)) {
    throw new TypeError(
      `image must be a Uint8Array with the bytes of an SQLite file, but is ${typeof image}`,
    );
  }
  // SQLite would take it for a new database, and the jobs would be gone without a word.
  throw new StoreCorrupt(
    "the image is empty; give the bytes of an SQLite file, or no image for a new one",
  );
}
