// Runs in a thread of its own: to read a whole database takes a second for each gigabyte or two.
// Neither this file nor what it imports resolves a package by name: the store says where the driver is.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { Driver } from "./driver.ts";
import { missingOf } from "./kept-files.ts";
import type { SideOrder } from "./side-thread.ts";
import type { ReadingData } from "./whole-database.ts";

const data = workerData as ReadingData;
const driver = createRequire(import.meta.url)(data.driverPath) as Driver;

parentPort?.on("message", (order: SideOrder) => {
  if (order === "work") parentPort?.postMessage(read());
  else parentPort?.close();
});

/** What it throws ends the thread: the store's own connection then finds better words for it. */
function read(): unknown {
  const missing = missingOf(data);
  if (missing !== undefined) throw new Error(missing);
  // Not opened read-only: who closes a database last must be able to tidy up its log.
  const database = new driver(data.path, { fileMustExist: true });
  try {
    database.pragma("query_only = ON");
    const texts = Object.entries(data.sql);
    return Object.fromEntries(texts.map(([name, text]) => [name, database.prepare(text).all()]));
  } finally {
    database.close();
  }
}
