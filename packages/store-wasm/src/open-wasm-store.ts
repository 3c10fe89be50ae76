import { StoreCorrupt } from "@turno/core";
import type { SqliteStoreOptions } from "@turno/store-sqlite";
import initSqlJs, { type Database } from "sql.js";
import { toStoreError } from "./to-store-error.ts";
import { wasmPort } from "./wasm-port.ts";
import { WasmStore } from "./wasm-store.ts";

export interface WasmStoreOptions extends SqliteStoreOptions {
  /** The bytes of an SQLite file to start from, which are copied. Default: an empty database. */
  readonly image?: Uint8Array | undefined;
}

/** Opens a store on a database of its own, in memory; without `export` it is lost with its process or page. */
export async function openWasmStore({
  image,
  ...options
}: WasmStoreOptions = {}): Promise<WasmStore> {
  const { Database } = await initSqlJs();
  const database = new Database(checkImage(image));
  try {
    withoutDisk(database);
    return new WasmStore(wasmPort(database), () => database.export(), options);
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

/** There is no disk to be safe on, and nobody to share it with: several times as fast. */
function withoutDisk(database: Database): void {
  try {
    // Exclusive comes first: without it, an image that was left in WAL mode cannot be read here.
    database.run(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF",
    );
  } catch (error) {
    throw toStoreError(error);
  }
}
