import { Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { jobs } from "./jobs.ts";
import { Order } from "./order.ts";
import type { Service } from "./service.ts";

/** The service's own table, in the file that holds its queue too. */
const CREATE =
  "CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, content TEXT NOT NULL, total INTEGER) STRICT";

export function openOnSqlite(path: string): Service {
  const db = new Database(path);
  const queue = new Queue({ store: openSqliteStore(path), jobs });
  db.exec(CREATE);
  const insert = db.prepare("INSERT INTO orders (content) VALUES (?)");
  const select = db.prepare<[number], string>("SELECT content FROM orders WHERE id = ?").pluck();
  const setTotal = db.prepare("UPDATE orders SET total = ? WHERE id = ?");
  return {
    queue,
    async place(order) {
      const { id } = db
        .transaction(() => {
          const orderId = Number(insert.run(JSON.stringify(order)).lastInsertRowid);
          return queue.within(db).enqueue("invoice", { orderId });
        })
        .immediate();
      return id;
    },
    async find(orderId) {
      const content = select.get(orderId);
      return content === undefined ? undefined : Order.parse(JSON.parse(content));
    },
    async settle(job, total) {
      return db
        .transaction(() => {
          setTotal.run(total, job.payload.orderId);
          return queue.within(db).complete(job, { total });
        })
        .immediate();
    },
    async [Symbol.asyncDispose]() {
      await queue.close(); // lets running handlers end first
      db.close();
    },
  };
}
