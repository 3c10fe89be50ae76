// Has the database open by better-sqlite3 alone, reads it and cuts its log back, until it is asked to stop (SIGTERM) or
// is ended; its argument is BystanderOptions.
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { livesWithParent, tellReady } from "./lives-with-parent.ts";
import type { BystanderOptions } from "./options.ts";

const { path, everyMs } = JSON.parse(process.argv[2] ?? "{}") as BystanderOptions;
const database = new Database(path, { timeout: 5_000 });
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
// By its first reading it creates the log, where there is none.
database.prepare("SELECT count(*) FROM sqlite_schema").get();
livesWithParent();
tellReady();

while (!stop.signal.aborted) {
  await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => {});
  database.pragma("wal_checkpoint(TRUNCATE)");
}
database.close();
