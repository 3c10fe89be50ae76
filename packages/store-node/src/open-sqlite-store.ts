import { checkOptionNames, shown, StoreUnsupported } from "@turno/core";
import { tableNames } from "@turno/store-sqlite";
import { Connection } from "./connection.ts";
import { createDatabaseFile, databasePath, IN_MEMORY } from "./file/database-path.ts";
import {
  type Database,
  type Driver,
  type DriverDatabase,
  isDatabase,
  loadDriver,
} from "./driver.ts";
import { fileCare } from "./file/file-care.ts";
import { isBusy } from "./is-busy.ts";
import { LOG_LIMIT_BYTES } from "./log/log-size.ts";
import { warnOfNetworkFileSystem } from "./file/network-file-system.ts";
import { OpenedFile } from "./file/opened-file.ts";
import { pathOf } from "./file/path-of.ts";
import { SqliteNodeStore } from "./sqlite-node-store.ts";
import { standStill } from "./stand-still.ts";
import { storeErrorOf } from "./store-error-of.ts";

export interface OpenOptions {
  /** What the names of the queue's tables begin with. Default: `turno_`. */
  readonly table?: string | undefined;
  /**
   * `full` (the default): what was acknowledged survives a power cut. `normal`: faster, and a power cut may undo the
   * last moments. A killed process loses nothing either way.
   */
  readonly durability?: "full" | "normal" | undefined;
  /** For how long a call may hold up the event loop while somebody else writes; at most 100, by default 50. */
  readonly busyTimeoutMs?: number | undefined;
  /** Gives numbers from 0 to 1; the first makes the salt of a new database's ids. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * Opens a queue in an SQLite file, which is created where there is none, in memory (`:memory:`), or in a Database of
 * better-sqlite3 that is handed in and stays its owner's to close. Throws a `StoreError` where that cannot be done.
 */
export function openSqliteStore(
  target: string | URL | Database,
  options: OpenOptions = {},
): SqliteNodeStore {
  const settings = resolveOptions(options);
  const Driver = loadDriver();
  if (isDatabase(target, Driver)) return storeOn(Driver, target, settings, { handedIn: true });
  const path = databasePath(target);
  const created = path !== IN_MEMORY && createDatabaseFile(path);
  const database = translate(path, () => new Driver(path));
  try {
    return storeOn(Driver, database, settings, { handedIn: false, created });
  } catch (error) {
    database.close();
    throw error;
  }
}

type Settings = ReturnType<typeof resolveOptions>;

/** How long opening may take: others may be opening or migrating the same file. */
const OPENING_MS = 5_000;

/** Longer would hold up the timers of the whole process. */
const LONGEST_BUSY_TIMEOUT_MS = 100;

/** "Trno": by this `file` and others can tell a file that was made for a queue. */
const APPLICATION_ID = 0x54_72_6e_6f;

const NAMES = new Set(["table", "durability", "busyTimeoutMs", "random"]);

function resolveOptions(given: OpenOptions) {
  const { table, durability = "full", busyTimeoutMs = 50, random } = checkOptionNames(given, NAMES);
  if (durability !== "full" && durability !== "normal") {
    throw new TypeError(`durability must be "full" or "normal", but is ${shown(durability)}`);
  }
  if (
    !Number.isInteger(busyTimeoutMs) ||
    busyTimeoutMs < 0 ||
    busyTimeoutMs > LONGEST_BUSY_TIMEOUT_MS
  ) {
    throw new TypeError(
      `busyTimeoutMs must be an integer from 0 to ${LONGEST_BUSY_TIMEOUT_MS}, because it holds up the event loop, ` +
        `but is ${shown(busyTimeoutMs)}`,
    );
  }
  if (random !== undefined && typeof random !== "function")
    throw new TypeError(`random must be a function, but is ${shown(random)}`);
  // Looked at before a file is created for it.
  const { prefix } = tableNames(table ?? "turno_");
  return { table: prefix, durability, busyTimeoutMs, random };
}

function storeOn(
  driver: Driver,
  database: DriverDatabase,
  { table, durability, busyTimeoutMs, random }: Settings,
  { handedIn, created = false }: { readonly handedIn: boolean; readonly created?: boolean },
): SqliteNodeStore {
  const path = translate("the Database", () => pathOf(database));
  const file = path === undefined ? undefined : new OpenedFile(path);
  const name = path ?? "the database in memory";
  if (database.inTransaction) {
    throw new TypeError(`a transaction is open on the Database of ${name}; open the store outside`);
  }
  database.pragma(`busy_timeout = ${OPENING_MS}`);
  if (file !== undefined) {
    warnOfNetworkFileSystem(file.path);
    translate(name, () => patiently(() => useWal(database, name)));
  }
  translate(name, () => {
    // At every open: from the second on better-sqlite3 sets NORMAL for a WAL file.
    database.pragma(`synchronous = ${durability}`);
    // On macOS a sync alone leaves what it syncs in the disk's own cache; elsewhere these change nothing.
    if (durability === "full") database.pragma("fullfsync = ON");
    database.pragma("checkpoint_fullfsync = ON");
    database.pragma(`journal_size_limit = ${LOG_LIMIT_BYTES}`);
    if (created) database.pragma(`application_id = ${APPLICATION_ID}`);
  });
  const connection = new Connection(database, { file, name, handedIn });
  const store = new SqliteNodeStore(connection, {
    driver,
    database,
    handedIn,
    file,
    name,
    table,
    random,
  });
  file?.takeCare(fileCare(driver, { database, file, table }));
  connection.waitAtMost(busyTimeoutMs);
  return store;
}

function useWal(database: DriverDatabase, name: string): void {
  const mode = database.prepare("PRAGMA journal_mode = WAL").get()?.["journal_mode"];
  if (mode === "wal") return;
  throw new StoreUnsupported(
    `${name} cannot have a write-ahead log (SQLite keeps journal_mode ${String(mode)}); put it on a local file system`,
  );
}

/** SQLite waits for no lock when it changes the journal mode. */
function patiently<T>(work: () => T): T {
  const deadline = performance.now() + OPENING_MS;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
      standStill(5);
    }
  }
}

function translate<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeErrorOf(error, name);
  }
}
