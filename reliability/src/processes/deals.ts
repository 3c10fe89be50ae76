import type { ClaimedJob, Settled } from "@turno/core";
import Database from "better-sqlite3";
import { createRowsTable, type Jobs, ROWS_TABLE } from "./jobs.ts";
import type { ReliabilityQueue } from "./open-queue.ts";
import type { ProcessOptions } from "./options.ts";

/** How long a transaction waits for another's, while it holds up the event loop. */
const BUSY_MS = 5_000;

/** Completes jobs in one transaction with a row of the handler's, on a connection of its own. */
export function deals(
  { path, durability = "normal" }: ProcessOptions,
  queue: ReliabilityQueue,
): (job: ClaimedJob<Jobs>, run: string) => Settled {
  const database = new Database(path, { timeout: BUSY_MS });
  database.pragma(`synchronous = ${durability}`);
  createRowsTable(database);
  const insert = database.prepare(`INSERT INTO ${ROWS_TABLE} (id, run) VALUES (?, ?)`);
  const deal = database.transaction((job: ClaimedJob<Jobs>, run: string) => {
    insert.run(job.id, run);
    return queue.within(database).complete(job, { run });
  });
  return (job, run) => deal.immediate(job, run);
}
