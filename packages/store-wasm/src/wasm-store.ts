import { type SqlPort, SqliteStore, type SqliteStoreOptions } from "@turno/store-sqlite";
import { toStoreError } from "./to-store-error.ts";

/** Keeps jobs in a database of sql.js, in memory; `openWasmStore` makes it, `export` gives what to keep beyond it. */
export class WasmStore extends SqliteStore {
  readonly #image: () => Uint8Array;

  // Without a type of sql.js: its types are not here for everybody who installs this.
  constructor(port: SqlPort, image: () => Uint8Array, options?: SqliteStoreOptions) {
    super(port, options);
    this.#image = image;
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
