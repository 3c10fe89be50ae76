// Runs in a thread of its own, since to copy a large log into its database may take seconds.
// Neither this file nor what it imports resolves a package by name: the store says where the driver is.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { Driver, DriverDatabase } from "../driver.ts";
import { missingOf } from "../file/kept-files.ts";
import type { LogData, LogNews } from "./log-messages.ts";
import type { SideOrder } from "../side-thread.ts";

/** For how long writers are kept out while transactions are waited for that still read from the log. */
const BUSY_TIMEOUT_MS = 50;

/** So many pages are copied in a moment, though nobody can write meanwhile. */
const FEW_PAGES = 2_000;

/** What took no longer has left little behind that was written meanwhile. */
const SHORT_MS = 50;

/** Beyond it, writers are faster than the copying. */
const MOST_ROUNDS = 5;

const data = workerData as LogData;
const { driverPath, path } = data;
const driver = createRequire(import.meta.url)(driverPath) as Driver;

parentPort?.on("message", (order: SideOrder) => {
  if (order === "end") parentPort?.close();
  else parentPort?.postMessage(tryOnce());
});

function tryOnce(): LogNews {
  try {
    const missing = missingOf(data);
    if (missing !== undefined) return missing;
    const database = new driver(path, { timeout: BUSY_TIMEOUT_MS, fileMustExist: true });
    try {
      cutBack(database);
    } finally {
      database.close();
    }
  } catch {
    // Whatever is in the way is found by those who write, who have better words for it.
  }
  return "tried";
}

/** One of several that try at once does it, by a lock of SQLite's; the others have nothing left to do. */
function cutBack(database: DriverDatabase): void {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const startedAt = performance.now();
    // Passive first: it copies what it can and keeps nobody from writing.
    const [{ busy, log, checkpointed }] = database.pragma("wal_checkpoint(PASSIVE)") as [Copied];
    if (busy !== 0 || log - checkpointed > FEW_PAGES) return;
    if (performance.now() - startedAt < SHORT_MS) break;
  }
  database.pragma("wal_checkpoint(TRUNCATE)");
}

/** What came of a checkpoint; the others are counts of pages. */
interface Copied {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}
