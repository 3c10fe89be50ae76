import type { Database } from "better-sqlite3";
import { z } from "zod";

/** What a customer sends. Prices are in cents. */
export const Order = z.object({
  customer: z.string().min(1).max(100),
  items: z
    .array(z.object({ name: z.string().min(1).max(100), price: z.int().min(0).max(1e9) }))
    .min(1)
    .max(100),
});

export type Order = z.infer<typeof Order>;

/** The service's own table, in the database that holds its queue too. */
export class Orders {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
    db.exec(
      "CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, content TEXT NOT NULL, total INTEGER) STRICT",
    );
  }

  add(order: Order): number {
    const insert = this.#db.prepare("INSERT INTO orders (content) VALUES (?)");
    return Number(insert.run(JSON.stringify(order)).lastInsertRowid);
  }

  find(id: number): Order | undefined {
    const select = this.#db.prepare<[number], string>("SELECT content FROM orders WHERE id = ?");
    const content = select.pluck().get(id);
    return content === undefined ? undefined : Order.parse(JSON.parse(content));
  }

  setTotal(id: number, total: number): void {
    this.#db.prepare("UPDATE orders SET total = ? WHERE id = ?").run(total, id);
  }
}
