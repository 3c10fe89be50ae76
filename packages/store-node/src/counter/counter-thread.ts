// Runs in a thread of its own, so that to count very many jobs holds nobody up.
// Neither this file nor what it imports resolves a package by name: the store says where the driver is.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { CounterData, CounterNews } from "./counter-messages.ts";
import type { Driver } from "../driver.ts";
import { missingOf } from "../file/kept-files.ts";
import type { SideOrder } from "../side-thread.ts";

/** Reading waits for nobody but who tidies up the write-ahead log alone. */
const BUSY_TIMEOUT_MS = 100;

const data = workerData as CounterData;
const { driverPath, path, sql } = data;
const driver = createRequire(import.meta.url)(driverPath) as Driver;

parentPort?.on("message", (order: SideOrder) => {
  if (order === "end") parentPort?.close();
  else parentPort?.postMessage(answer());
});

function answer(): CounterNews {
  try {
    const missing = missingOf(data);
    return missing === undefined ? count() : { kind: missing };
  } catch {
    return { kind: "failed" };
  }
}

function count(): CounterNews {
  // Opened anew for each count, a millisecond: nothing is then held between two. And not opened read-only: who closes
  // a database last must be able to tidy up its log.
  const database = new driver(path, { timeout: BUSY_TIMEOUT_MS, fileMustExist: true });
  try {
    database.pragma("query_only = ON");
    return { kind: "counted", row: database.prepare(sql).get() };
  } finally {
    database.close();
  }
}
