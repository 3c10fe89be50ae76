import type { Database, SqlJsStatic } from "sql.js";
import { toStoreError } from "./to-store-error.ts";

/** A database of sql.js in memory, with the contents of an SQLite file or empty. */
export function openDatabase({ Database }: SqlJsStatic, image: Uint8Array | undefined): Database {
  const database = new Database(image);
  try {
    // There is no disk to be safe on, and nobody to share it with: several times as fast. Exclusive comes first: without
    // it, an image that was left in WAL mode cannot be read here.
    database.run(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY",
    );
    return database;
  } catch (error) {
    database.close();
    throw toStoreError(error);
  }
}
