import { Queue } from "@turno/core";
import {
  openPostgresStore,
  type OpenPostgresOptions,
  type PostgresStore,
} from "@turno/store-postgres";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  findPgBouncer,
  type PgBouncer,
  startPgBouncer,
} from "../../../scripts/servers/pgbouncer.ts";
import { freshDatabase, needPostgres } from "./postgres-url.ts";
import { startChild } from "./start-child.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 300_000 });
const WAIT = { timeout: 15_000, interval: 50 };

let missing: string | undefined;
let pgBouncer: PgBouncer | undefined;
/** The way to the server, and the way to the same database through a pooler. */
let direct: string;
let pooled: string;

beforeAll(async () => {
  ({ missing } = await findPgBouncer());
});
beforeEach(async (context) => {
  needPostgres(context);
  context.skip(missing !== undefined, missing);
  direct = await freshDatabase();
  pgBouncer ??= await startPgBouncer({ server: direct, settings: { default_pool_size: 2 } });
  pooled = pgBouncer.url(new URL(direct).pathname.slice(1));
});
afterAll(() => pgBouncer?.[Symbol.asyncDispose]());

/** A name that was given before the store knew. */
const ONCE_PREPARED = "has prepared turno commit";

describe.each<[string, () => OpenPostgresOptions, string?]>([
  ["without names and sessions", () => ({ prepare: false, listen: false })],
  ["with a session around the pooler", () => ({ prepare: false, listen: direct })],
  ["with the defaults", () => ({}), ONCE_PREPARED],
])("behind PgBouncer, %s", (_, options, left) => {
  it("processes share the work, and leave nothing behind on its connections", async () => {
    const queue = new Queue({ store: await open(options()) });
    const children = [1, 2].map(() => startChild("work", pooled, JSON.stringify(options())));
    for (const child of children) expect(await child.line()).toBe("ready");
    await Promise.all(Array.from({ length: 200 }, (_, n) => queue.enqueue("number", n)));
    await vi.waitFor(
      async () => expect(await queue.counts()).toMatchObject({ completed: 200 }),
      WAIT,
    );
    for (const child of children) child.tell("stop");
    await Promise.all(children.map(({ ended }) => ended));
    await queue.close();
    expect((await leftBehind()).filter((it) => it !== left)).toEqual([]);
  });

  it("jobs are enqueued and completed in transactions of the caller's", async () => {
    const queue = new Queue({ store: await open(options()) });
    await queue.enqueue("number", 1);
    const [job] = await queue.claim();
    const client = await connected(pooled);
    await client.query("BEGIN");
    await queue.within(client).enqueue("number", 2);
    await queue.within(client).complete(job as NonNullable<typeof job>);
    await client.query("ROLLBACK");
    expect(await queue.counts()).toMatchObject({ pending: 0, running: 1 });
    await client.query("BEGIN");
    await queue.within(client).enqueue("number", 2);
    await queue.within(client).complete(job as NonNullable<typeof job>);
    await client.query("COMMIT");
    expect(await queue.counts()).toMatchObject({ pending: 1, completed: 1 });
    await queue.close();
    expect((await leftBehind()).filter((it) => it !== left)).toEqual([]);
  });
});

it("a session around the pooler hears of work, and says that its store is there", async () => {
  const store = await open({ prepare: false, listen: direct });
  const other = await open({ prepare: false, listen: false });
  let heard = 0;
  using _watch = store.watch?.(() => heard++);
  await store.join({ leaseMs: 30_000 });
  expect(await ask("SELECT sign IS NOT NULL AS signed FROM turno.workers")).toEqual([
    { signed: true },
  ]);
  await vi.waitFor(() => expect(heard).toBe(1), WAIT);
  await new Queue({ store: other }).enqueue("number", 1);
  await vi.waitFor(() => expect(heard).toBe(2), WAIT);
});

it("a store that was not told of the pooler leaves the lock alone, and its workers to their leases", async () => {
  const store = await open({});
  await store.join({ leaseMs: 30_000 });
  expect(await ask("SELECT sign IS NOT NULL AS signed FROM turno.workers")).toEqual([
    { signed: false },
  ]);
});

it("a pooler that keeps sessions is taken for one where listen says so", async () => {
  await using inSessions = await startPgBouncer({
    server: direct,
    settings: { pool_mode: "session" },
  });
  pooled = inSessions.url(new URL(direct).pathname.slice(1));
  for (const listen of [true, pooled]) {
    const store = await open({ listen });
    await store.join({ leaseMs: 30_000 });
    await store.close();
  }
  expect(await ask("SELECT sign IS NOT NULL AS signed FROM turno.workers ORDER BY id")).toEqual([
    { signed: false },
    { signed: true },
  ]);
});

async function open(options: OpenPostgresOptions): Promise<PostgresStore> {
  const store = await openPostgresStore(pooled, options);
  onTestFinished(() => store.close());
  return store;
}

/** What remains on the pooler's two connections to the server: what is whose, once they are handed on? */
async function leftBehind(): Promise<readonly unknown[]> {
  const sql = `SELECT pg_backend_pid() AS pid, array_remove(ARRAY[
      (SELECT 'listens on ' || min(channel) FROM pg_listening_channels() AS channel),
      (SELECT 'has set ' || min(name) FROM pg_settings WHERE source = 'session'),
      (SELECT 'holds a lock' FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() LIMIT 1),
      (SELECT 'has prepared ' || min(name) FROM pg_prepared_statements)
    ], NULL) AS left`;
  const clients = [await connected(pooled), await connected(pooled)];
  // In transactions that are open at once, or one connection would answer both.
  for (const client of clients) await client.query("BEGIN");
  const found = await Promise.all(clients.map(async (client) => (await client.query(sql)).rows[0]));
  for (const client of clients) await client.query("COMMIT");
  expect(new Set(found.map(({ pid }) => pid)).size).toBe(2);
  return found.flatMap(({ left }) => left);
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function ask(sql: string): Promise<readonly unknown[]> {
  return (await (await connected(direct)).query(sql)).rows;
}
