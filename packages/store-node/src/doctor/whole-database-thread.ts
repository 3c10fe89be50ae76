// Runs in a thread of its own: to read a whole database takes a second for each gigabyte or two.
// Neither this file nor what it imports resolves a package by name: the store says where the driver is.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { SqlRow } from "@turno/store-sqlite";
import type { Driver, DriverDatabase } from "../driver.ts";
import { missingOf } from "../file/kept-files.ts";
import type { SideOrder } from "../side-thread.ts";
import type { ReadingData } from "./whole-database.ts";

const data = workerData as ReadingData;
const driver = createRequire(import.meta.url)(data.driverPath) as Driver;

parentPort?.on("message", (order: SideOrder) => {
  if (order === "work") parentPort?.postMessage(read());
  else parentPort?.close();
});

/** What it throws ends the thread, and what cannot be read is left out: the store's own connection has words for it. */
function read(): unknown {
  const missing = missingOf(data);
  if (missing !== undefined) throw new Error(missing);
  // Not opened read-only: who closes a database last must be able to tidy up its log.
  const database = new driver(data.path, { fileMustExist: true });
  try {
    database.pragma("query_only = ON");
    const names = Object.keys(data.sql);
    return Object.fromEntries(names.map((name) => [name, rowsOf(database, name)]));
  } finally {
    database.close();
  }
}

/** Undefined where they cannot be read. */
function rowsOf(database: DriverDatabase, name: string): readonly SqlRow[] | undefined {
  const rows: SqlRow[] = [];
  try {
    for (const row of database.prepare(data.sql[name] as string).iterate()) rows.push(row);
    return rows;
  } catch {
    return data.partial.includes(name) && rows.length > 0 ? rows : undefined;
  }
}
