// Another program that writes into a table of its own in the same database until it is asked to stop (SIGTERM); its
// argument is FillerOptions.
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { livesWithParent, tellReady } from "./lives-with-parent.ts";
import type { FillerOptions } from "./options.ts";

const ROW_BYTES = 100 * 1024;

/** Then it begins anew with the first: the database does not grow for ever, as its log does. */
const ROWS = 500;

const BUSY_MS = 30_000;

const { path, bytesPerSecond } = JSON.parse(process.argv[2] ?? "{}") as FillerOptions;
const database = new Database(path, { timeout: BUSY_MS });
database.pragma("synchronous = NORMAL");
// The log is left to the queue's processes.
database.pragma("wal_autocheckpoint = 0");
database.exec("CREATE TABLE IF NOT EXISTS ballast (id INTEGER PRIMARY KEY, bytes BLOB)");
const write = database.prepare("INSERT OR REPLACE INTO ballast VALUES (?, randomblob(?))");
let isAsked = false;
process.once("SIGTERM", () => {
  isAsked = true;
});
livesWithParent();
tellReady();

const startedAt = performance.now();
for (let count = 0; !isAsked; count++) {
  write.run(count % ROWS, ROW_BYTES);
  const dueMs = (count * ROW_BYTES * 1_000) / bytesPerSecond;
  await sleep(Math.max(1, startedAt + dueMs - performance.now()));
}
database.close();
