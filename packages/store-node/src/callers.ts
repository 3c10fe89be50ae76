import { SqliteStore, type SqliteStoreOptions } from "@turno/store-sqlite";
import { CallersConnection } from "./callers-connection.ts";
import { type Database, type Driver, type DriverDatabase, isDatabase } from "./driver.ts";
import { findFile, isSameFile } from "./file/file-identity.ts";
import type { OpenedFile } from "./file/opened-file.ts";
import { pathOf } from "./file/path-of.ts";
import { shown } from "./shown.ts";

interface CallersOptions extends SqliteStoreOptions {
  readonly driver: Driver;
  /** The store's own connection. */
  readonly database: DriverDatabase;
  readonly file: OpenedFile | undefined;
  readonly name: string;
  readonly tables: SqliteStore;
}

/** The queue's statements on connections of callers, prepared once for each. */
export class Callers {
  readonly #options: CallersOptions;
  readonly #stores = new WeakMap<Database, SqliteStore>();

  constructor(options: CallersOptions) {
    this.#options = options;
  }

  /** The queue on a connection of a caller's that is in a transaction; throws a `TypeError` where it is not usable. */
  storeOn(database: Database): SqliteStore {
    const { driver, name, tables } = this.#options;
    if (!isDatabase(database, driver)) {
      throw new TypeError(`within takes a Database of better-sqlite3, but got ${shown(database)}`);
    }
    if (!database.open) {
      throw new TypeError(
        "within takes an open Database, but got one that is closed; open another, and begin a transaction on it",
      );
    }
    if (!database.inTransaction) {
      throw new TypeError(
        `within takes a Database that is in a transaction, but none is open on this one to ${name}; call it inside ` +
          "database.transaction(() => { … }).immediate()",
      );
    }
    const known = this.#stores.get(database);
    if (known !== undefined) return known;
    this.#assertSameDatabase(database);
    const store = new SqliteStore(new CallersConnection(database, name), this.#options, tables);
    this.#stores.set(database, store);
    return store;
  }

  #assertSameDatabase(database: DriverDatabase): void {
    const { database: own, file, name } = this.#options;
    if (database === own) return;
    const path = pathOf(database);
    const found = path === undefined ? undefined : findFile(path);
    if (file !== undefined && found !== undefined && isSameFile(found, file.identity)) return;
    throw new TypeError(
      `within takes a connection to ${name}, but got one to ${path ?? "a database in memory"}; a transaction of ` +
        "another database cannot keep or undo the queue's writes",
    );
  }
}
