import type { ClaimedJob, Queue, Settled } from "@turno/core";
import type { SqliteNodeStore } from "@turno/store-node";
import type { PostgresStore } from "@turno/store-postgres";
import Database from "better-sqlite3";
import pg from "pg";
import { createRowsTable, type Jobs, ROWS_TABLE } from "./jobs.ts";
import type { ReliabilityQueue } from "./open-queue.ts";
import type { PostgresPlace, ProcessOptions } from "./options.ts";

type Deal = (job: ClaimedJob<Jobs>, run: string) => Settled | Promise<Settled>;

/** How long a transaction waits for another's, while it holds up the event loop. */
const BUSY_MS = 5_000;

/** Completes jobs in one transaction with a row of the handler's, on a connection of its own. */
export function deals(options: ProcessOptions, queue: ReliabilityQueue): Deal {
  return options.postgres === undefined
    ? sqliteDeals(options, queue as Queue<Jobs, SqliteNodeStore>)
    : postgresDeals(options.postgres, queue as Queue<Jobs, PostgresStore>);
}

function sqliteDeals(
  { path, durability = "normal" }: ProcessOptions,
  queue: Queue<Jobs, SqliteNodeStore>,
): Deal {
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

function postgresDeals({ url }: PostgresPlace, queue: Queue<Jobs, PostgresStore>): Deal {
  const pool = new pg.Pool({ connectionString: url, max: 5, allowExitOnIdle: true });
  pool.on("error", ignore);
  // A connection that is lost between two statements is told by the next one.
  pool.on("connect", (client) => client.on("error", ignore));
  return async (job, run) => {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await client.query(`INSERT INTO ${ROWS_TABLE} (id, run) VALUES ($1, $2)`, [job.id, run]);
      const settled = await queue.within(client).complete(job, { run });
      await client.query("COMMIT");
      client.release();
      return settled;
    } catch (error) {
      // The transaction goes with its connection.
      client.release(true);
      throw error;
    }
  };
}

function ignore(): void {}
