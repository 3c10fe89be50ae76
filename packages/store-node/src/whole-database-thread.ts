// Runs in a thread of its own: to read a whole database takes a second for each gigabyte or two.
// Neither this file nor what it imports resolves a package by name: the store says where the driver is.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { Driver } from "./driver.ts";
import type { ReadingData } from "./whole-database.ts";

const { driverPath, path, sql } = workerData as ReadingData;
const driver = createRequire(import.meta.url)(driverPath) as Driver;
// Not opened read-only: who closes a database last must be able to tidy up its log.
const database = new driver(path, { fileMustExist: true });
try {
  database.pragma("query_only = ON");
  const read = Object.entries(sql).map(([name, text]) => [name, database.prepare(text).all()]);
  parentPort?.postMessage(Object.fromEntries(read));
} finally {
  database.close();
}
