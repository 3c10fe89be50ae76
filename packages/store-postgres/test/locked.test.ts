import { setTimeout as sleep } from "node:timers/promises";
import { defineJobs, json, Queue } from "@turno/core";
import { openPostgresStore, type PostgresStore } from "@turno/store-postgres";
import pg from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import { freshSchema, needPostgres } from "./postgres-url.ts";

const jobs = defineJobs({ a: { payload: json<number>() } });

let place: ReturnType<typeof freshSchema>;
let store: PostgresStore;
let queue: Queue<typeof jobs, PostgresStore>;
let client: pg.Client;
beforeEach(async (context) => {
  needPostgres(context);
  place = freshSchema();
  store = await openPostgresStore(place.url, { schema: place.schema, listen: false });
  queue = new Queue({ store, jobs });
  client = new pg.Client(place.url);
  await client.connect();
  await client.query("BEGIN");
  return async () => {
    await client.end();
    await queue.close();
    await store.close();
  };
});

describe("a transaction of somebody's that stays open", () => {
  it("holds up who asks for the key that was enqueued in it, and nobody else", async () => {
    const there = await queue.within(client).enqueue("a", 1, { uniqueKey: "k" });
    let answered = false;
    const same = queue.enqueue("a", 2, { uniqueKey: "k" }).finally(() => (answered = true));
    for (let count = 0; count < 5; count++) await queue.enqueue("a", 3);
    await sleep(300);
    await queue.enqueue("a", 4);
    expect(answered).toBe(false);
    await client.query("COMMIT");
    expect(await same).toEqual({ id: there.id, added: false });
  });

  it("holds up who cancels the job that was completed in it, and no claim", async () => {
    await queue.enqueueMany([
      { type: "a", payload: 1 },
      { type: "a", payload: 2 },
    ]);
    const [job] = await queue.claim({ limit: 1 });
    if (job === undefined) throw new Error("nothing was claimed");
    await queue.within(client).complete(job);
    let answered = false;
    const cancelled = queue.cancel(job.id).finally(() => (answered = true));
    expect(await queue.claim()).toHaveLength(1);
    await sleep(300);
    expect(answered).toBe(false);
    await client.query("ROLLBACK");
    expect(await cancelled).toBe(true);
    expect(await queue.get(job.id)).toMatchObject({ state: "cancelled" });
  });

  it("is waited for by who looks for jobs that nobody holds any more", async () => {
    await queue.enqueue("a", 1);
    const worker = await store.join({ leaseMs: 1_000 });
    await store.commit({ now: Date.now(), claim: { worker, limit: 1 } });
    await store.leave(worker);
    await client.query(`SELECT FROM ${place.schema}.jobs FOR UPDATE`);
    const orphans = () => store.list({ states: ["running"], orphaned: true, limit: 10 });
    expect(await orphans()).toEqual([]);
    await client.query("ROLLBACK");
    expect(await orphans()).toHaveLength(1);
  });
});
