import { Queue } from "@turno/core";
import { openPostgresStore } from "@turno/store-postgres";
import pg from "pg";
import { jobs } from "./jobs.ts";
import { Order } from "./order.ts";
import type { Service } from "./service.ts";

/** The service's own table, in the database that holds its queue too; the lock lets many create it at once. */
const CREATE = `
  BEGIN;
  SELECT pg_advisory_xact_lock(hashtext('orders'));
  CREATE TABLE IF NOT EXISTS orders (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, content text NOT NULL, total bigint
  );
  COMMIT`;

export async function openOnPostgres(url: string): Promise<Service> {
  const pool = new pg.Pool({ connectionString: url });
  pool.on("error", (error) => console.warn(`a connection was lost: ${error.message}`));
  await pool.query(CREATE);
  const queue = new Queue({ store: await openPostgresStore(pool), jobs });

  async function transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      const done = await work(client);
      await client.query("COMMIT");
      client.release();
      return done;
    } catch (error) {
      client.release(true); // a connection that is closed rolls back, whatever the trouble was
      throw error;
    }
  }

  return {
    queue,
    place: (order) =>
      transaction(async (client) => {
        const text = "INSERT INTO orders (content) VALUES ($1) RETURNING id";
        const { rows } = await client.query<{ id: number }>(text, [JSON.stringify(order)]);
        const orderId = rows[0]?.id ?? 0;
        return (await queue.within(client).enqueue("invoice", { orderId })).id;
      }),
    async find(orderId) {
      const text = "SELECT content FROM orders WHERE id = $1";
      const { rows } = await pool.query<{ content: string }>(text, [orderId]);
      return rows[0] === undefined ? undefined : Order.parse(JSON.parse(rows[0].content));
    },
    settle: (job, total) =>
      transaction(async (client) => {
        const text = "UPDATE orders SET total = $1 WHERE id = $2";
        await client.query(text, [total, job.payload.orderId]);
        return queue.within(client).complete(job, { total });
      }),
    async [Symbol.asyncDispose]() {
      await queue.close(); // lets running handlers end first
      await pool.end();
    },
  };
}
