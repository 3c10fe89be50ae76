import { StoreCorrupt } from "@turno/core";
import type { SqliteStoreOptions } from "@turno/store-sqlite";
import type { SqlJsStatic } from "sql.js";
import { openDatabase } from "./database/open-database.ts";
import { wasmPort } from "./database/wasm-port.ts";
import { MemoryWasmStore } from "./memory-wasm-store.ts";

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
