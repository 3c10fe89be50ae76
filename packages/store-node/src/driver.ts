import { createRequire } from "node:module";
import { StoreUnsupported } from "@turno/core";
import type { SqlRow, SqlValue } from "@turno/store-sqlite";

/** What is used of better-sqlite3's `Database`, so that its types need not be installed. */
export interface Database {
  readonly open: boolean;
  readonly memory: boolean;
  readonly inTransaction: boolean;
  pragma(source: string): unknown;
  close(): unknown;
}

/** A `Database` together with what TypeScript cannot match: `prepare` is generic in better-sqlite3. */
export interface DriverDatabase extends Database {
  prepare(sql: string): DriverStatement;
  exec(sql: string): unknown;
  transaction<T>(work: (argument: number) => T): { immediate(argument: number): T };
}

interface DriverStatement {
  readonly readonly: boolean;
  safeIntegers(on: boolean): DriverStatement;
  all(...parameters: SqlValue[]): SqlRow[];
  iterate(...parameters: SqlValue[]): Iterable<SqlRow>;
  get(...parameters: SqlValue[]): SqlRow | undefined;
  run(...parameters: SqlValue[]): { readonly changes: number };
}

export interface Driver {
  new (path: string, options?: { timeout?: number; fileMustExist?: boolean }): DriverDatabase;
}

const DRIVER = "better-sqlite3";

/** Before it, two connections that write and checkpoint at once can damage a WAL database. */
const OLDEST_SQLITE = [3, 51, 3] as const;

const require = createRequire(import.meta.url);
let loaded: Driver | undefined;

/** The better-sqlite3 that is installed beside this package; throws `StoreUnsupported` where it cannot do. */
export function loadDriver(): Driver {
  loaded ??= load();
  return loaded;
}

/** Whether `value` is a Database of the driver's; what only inherits from one is none. */
export function isDatabase(value: unknown, Driver: Driver): value is DriverDatabase {
  try {
    return value instanceof Driver && typeof value.open === "boolean";
  } catch {
    return false;
  }
}

/** Where a thread finds the same driver. */
export function driverPath(): string {
  return require.resolve(DRIVER);
}

function load(): Driver {
  const version = driverVersion();
  // Looked at before it is loaded: on a Node that is too old it ends the process without a word.
  refuseOldNode(version);
  const Driver = requireDriver();
  refuseOldSqlite(Driver, version);
  return Driver;
}

/** The version of better-sqlite3 that is installed beside this package. */
export function driverVersion(): string {
  try {
    const { version } = require(`${DRIVER}/package.json`) as { version: string };
    return version;
  } catch (cause) {
    throw new StoreUnsupported(
      `cannot open an SQLite store, because ${DRIVER} is not installed; run \`npm install ${DRIVER}\``,
      { cause },
    );
  }
}

/** From version 13 on the driver is built for Node-API 10. */
function refuseOldNode(version: string): void {
  const napi = Number(process.versions["napi"] ?? 0);
  if (Number.parseInt(version, 10) < 13 || napi >= 10) return;
  throw new StoreUnsupported(
    `cannot open an SQLite store, because ${DRIVER} ${version} needs Node-API 10, and Node ${process.versions.node} ` +
      `has ${napi}; run it with Node 22.14 or newer`,
  );
}

function requireDriver(): Driver {
  try {
    return require(DRIVER) as Driver;
  } catch (cause) {
    throw cannotLoad(cause);
  }
}

function refuseOldSqlite(Driver: Driver, version: string): void {
  const sqlite = sqliteVersion(Driver);
  if (!isOlder(sqlite)) return;
  throw new StoreUnsupported(
    `cannot open an SQLite store, because ${DRIVER} ${version} brings SQLite ${sqlite}, which can damage a database ` +
      `that two processes write; install a ${DRIVER} with SQLite ${OLDEST_SQLITE.join(".")} or newer`,
  );
}

function sqliteVersion(Driver: Driver): string {
  try {
    // The driver loads its binary with the first database.
    const database = new Driver(":memory:");
    const row = database.prepare("SELECT sqlite_version() AS version").get();
    database.close();
    return String(row?.["version"]);
  } catch (cause) {
    throw cannotLoad(cause);
  }
}

function isOlder(version: string): boolean {
  const parts = version.split(".").map(Number);
  const at = OLDEST_SQLITE.findIndex((part, index) => parts[index] !== part);
  return at >= 0 && (parts[at] ?? 0) < (OLDEST_SQLITE[at] ?? 0);
}

function cannotLoad(cause: unknown): StoreUnsupported {
  return new StoreUnsupported(
    `cannot open an SQLite store, because ${DRIVER} does not load with Node ${process.versions.node} on ` +
      `${process.platform}-${process.arch}; install it anew with this Node (\`npm rebuild ${DRIVER}\`)`,
    { cause },
  );
}
