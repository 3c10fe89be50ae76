import { Queue } from "@turno/core";
import { openSqliteStore, type SqliteNodeStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { jobs, type Jobs } from "./jobs.ts";
import { Orders } from "./orders.ts";

/** What the routes and the handlers work with: a queue, and tables of one's own, in one file. */
export interface Service extends AsyncDisposable {
  readonly db: Database.Database;
  readonly orders: Orders;
  readonly queue: Queue<Jobs, SqliteNodeStore>;
}

export function openService(path: string): Service {
  const db = new Database(path);
  const queue = new Queue({ store: openSqliteStore(path), jobs });
  const orders = new Orders(db);
  return {
    db,
    orders,
    queue,
    async [Symbol.asyncDispose]() {
      await queue.close(); // lets running handlers end first
      db.close();
    },
  };
}
