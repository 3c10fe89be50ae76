import type { Transaction } from "@electric-sql/pglite";
import { defineJobs, type Enqueued, json, LeaseLost, Queue, StoreClosed } from "@turno/core";
import { openPostgresStore, type PostgresStore, type Queryable } from "@turno/store-postgres";
import pg from "pg";
import { beforeEach, describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import { openOnPglite, pglite } from "./pglite.ts";
import { freshSchema, needPostgres } from "./postgres-url.ts";

const jobs = defineJobs({
  square: {
    payload: json<number>(),
    result: json<number>(),
    maxAttempts: 3,
    backoff: { kind: "fixed", baseMs: 1 },
  },
});

/** A queue, and a way to write in a transaction, which is rolled back where `write` throws. */
interface Opened {
  readonly queue: Queue<typeof jobs, PostgresStore>;
  transaction<T>(write: (client: Queryable) => Promise<T>): Promise<T>;
  insert(client: Queryable, of: number): Promise<unknown>;
  rows(): Promise<readonly unknown[]>;
}

interface Place {
  readonly target: Queryable;
  readonly schema: string;
  readonly store: PostgresStore;
  transaction<T>(write: (client: Queryable) => Promise<T>): Promise<T>;
}

async function opened(place: Place): Promise<Opened> {
  const { target, schema, store, transaction } = place;
  const squares = `${schema}.squares`;
  await target.query(`CREATE TABLE ${squares} (of int)`);
  const queue = new Queue({ store, jobs });
  onTestFinished(() => queue.close());
  return {
    queue,
    transaction,
    insert: (client, of) => client.query(`INSERT INTO ${squares} VALUES ($1)`, [of]),
    rows: async () => {
      const { rows } = await target.query(`SELECT of FROM ${squares} ORDER BY of`);
      return (rows as { of: number }[]).map((row) => row.of);
    },
  };
}

async function onPglite(): Promise<Place> {
  const [target, { store, schema }] = [await pglite(), await openOnPglite()];
  const transaction: Place["transaction"] = (write) =>
    target.transaction((tx: Transaction) => write(tx));
  return { target, schema, store, transaction };
}

async function onPool(): Promise<Place> {
  const { url, schema } = freshSchema();
  const target = new pg.Pool({ connectionString: url });
  onTestFinished(() => target.end());
  const store = await openPostgresStore(target, { schema });
  return {
    target,
    schema,
    store,
    async transaction(write) {
      const client = await target.connect();
      try {
        return await inTransaction(client, write);
      } finally {
        client.release();
      }
    },
  };
}

/** The store has a pool of its own, and the caller another client. */
async function onClient(): Promise<Place> {
  const { url, schema } = freshSchema();
  const client = new pg.Client(url);
  const target = new pg.Pool({ connectionString: url });
  onTestFinished(() => target.end());
  await client.connect();
  onTestFinished(() => client.end());
  const store = await openPostgresStore(url, { schema });
  return { target, schema, store, transaction: (write) => inTransaction(client, write) };
}

async function inTransaction<T>(
  client: pg.ClientBase,
  write: (client: Queryable) => Promise<T>,
): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await write(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

describe("on PGlite", () => {
  promises(onPglite);
});

describe("on a server", () => {
  beforeEach(needPostgres);

  describe("by a PoolClient", () => promises(onPool));

  describe("by a Client", () => promises(onClient));

  it("within refuses a pool, which is no transaction", async () => {
    const { target, store } = await onPool();
    expect(() => store.within(target)).toThrow(TypeError);
    expect(() => new Queue({ store }).within(target)).toThrow(
      /but got a pool, .* pool\.connect\(\)/,
    );
  });

  it("within refuses to write on a client that is in no transaction", async () => {
    const { url, schema } = freshSchema();
    const client = new pg.Client(url);
    await client.connect();
    onTestFinished(() => client.end());
    await using queue = new Queue({ store: await openPostgresStore(url, { schema }) });
    await expect(queue.within(client).enqueue("a", 1)).rejects.toThrow(TypeError);
    await expect(queue.within(client).enqueue("a", 1)).rejects.toThrow(/but none is open/);
    await client.query("BEGIN");
    await queue.within(client).enqueue("a", 1);
    await client.query("COMMIT");
    expect(await queue.counts()).toMatchObject({ pending: 1 });
  });

  it("the queue's own writes stay out of a transaction on the client that its store was opened with", async () => {
    const { url, schema } = freshSchema();
    const client = new pg.Client(url);
    await client.connect();
    onTestFinished(() => client.end());
    await using queue = new Queue({ store: await openPostgresStore(client, { schema }) });
    await client.query("BEGIN");
    const own = queue.enqueue("a", "own");
    await queue.within(client).enqueue("a", "within");
    await new Promise(setImmediate);
    await client.query("ROLLBACK");
    await own;
    expect((await queue.list()).jobs.map(({ payload }) => payload)).toEqual(["own"]);
  });

  it("a write that came into a transaction on the client that the store was opened with is not acknowledged", async () => {
    const { url, schema } = freshSchema();
    const client = new pg.Client(url);
    await client.connect();
    onTestFinished(() => client.end());
    const store = await openPostgresStore(client, { schema });
    const began = client.query("BEGIN");
    await expect(store.pause({ type: "a", paused: true })).rejects.toThrow(
      /kept only if you commit/,
    );
    await began;
    await client.query("ROLLBACK");
    expect(await store.pause()).toEqual([]);
  });

  it("another schema's queue is written by the same client", async () => {
    const { target, store, transaction } = await onPool();
    const other = await openPostgresStore(target, { schema: freshSchema().schema });
    const [one, two] = [new Queue({ store }), new Queue({ store: other })];
    await transaction(async (client) => {
      await one.within(client).enqueue("a", 1);
      await two.within(client).enqueue("a", 2);
    });
    for (const [at, queue] of [one, two].entries())
      expect((await queue.list()).jobs).toMatchObject([{ payload: at + 1 }]);
  });
});

it("within refuses what is no client, and a PGlite that is none of its transactions", async () => {
  const { store } = await openOnPglite();
  for (const wrong of [undefined, null, {}, "postgres://localhost", { query: 1 }])
    expect(() => store.within(wrong as never)).toThrow(/^within takes a client on which you have/);
  const database = await pglite();
  expect(() => store.within(database)).toThrow(/pass what transaction\(\(tx\) => …\) gives/);
});

it("within refuses everything once the store is closed", async () => {
  const { store } = await openOnPglite();
  await store.close();
  const write = (await pglite()).transaction((tx) =>
    store.within(tx).commit({ now: 0, claim: { worker: 1, limit: 1 } }),
  );
  await expect(write).rejects.toThrow(StoreClosed);
});

/** What holds whatever the client. */
function promises(place: () => Promise<Place>): void {
  it("what is written is kept with the caller's rows, and typed as a promise", async () => {
    const { queue, transaction, insert, rows } = await opened(await place());
    const { id } = await transaction(async (client) => {
      await insert(client, 3);
      const given = queue.within(client).enqueue("square", 3);
      expectTypeOf(given).toEqualTypeOf<Promise<Enqueued<"square">>>();
      const { added } = await given;
      expect(added).toBe(true);
      return given;
    });
    expect(await queue.get(id)).toMatchObject({ state: "pending", payload: 3 });
    expect(await rows()).toEqual([3]);
  });

  it("what is written is undone with the caller's rows", async () => {
    const { queue, transaction, insert, rows } = await opened(await place());
    const write = transaction(async (client) => {
      await insert(client, 3);
      await queue.within(client).enqueueMany([
        { type: "square", payload: 3 },
        { type: "square", payload: 4, delayMs: 1_000 },
      ]);
      throw new Error("changed my mind");
    });
    await expect(write).rejects.toThrow("changed my mind");
    expect([await rows(), (await queue.list()).jobs]).toEqual([[], []]);
  });

  it("a job is completed with the caller's rows", async () => {
    const { queue, transaction, insert, rows } = await opened(await place());
    const { id } = await queue.enqueue("square", 3);
    const [job] = await queue.claim();
    await transaction(async (client) => {
      await insert(client, 9);
      await queue.within(client).complete(job!, 9);
    });
    expect(await queue.get(id)).toMatchObject({ state: "completed", result: 9 });
    expect(await rows()).toEqual([9]);
  });

  it("a job that was completed in a transaction that was rolled back is still held", async () => {
    const { queue, transaction } = await opened(await place());
    const { id } = await queue.enqueue("square", 3);
    const [job] = await queue.claim();
    const write = transaction(async (client) => {
      await queue.within(client).complete(job!, 8);
      throw new Error("wrong");
    });
    await expect(write).rejects.toThrow("wrong");
    await transaction((client) => queue.within(client).complete(job!, 9));
    expect(await queue.get(id)).toMatchObject({ state: "completed", result: 9 });
  });

  it("a job that was cancelled meanwhile takes the caller's rows back with it", async () => {
    const { queue, transaction, insert, rows } = await opened(await place());
    const { id } = await queue.enqueue("square", 3);
    const [job] = await queue.claim();
    await queue.cancel(id);
    const write = transaction(async (client) => {
      await insert(client, 9);
      await queue.within(client).complete(job!, 9);
    });
    await expect(write).rejects.toThrow(LeaseLost);
    expect(await rows()).toEqual([]);
    expect((await queue.get(id))?.state).toBe("cancelled");
  });

  it("a taken unique key gives its holder, and is free again after a rollback", async () => {
    const { queue, transaction } = await opened(await place());
    const twice = (fails: boolean) =>
      transaction(async (client) => {
        const enqueue = (payload: number) =>
          queue.within(client).enqueue("square", payload, { uniqueKey: "k" });
        const [first, second] = [await enqueue(1), await enqueue(2)];
        expect(second).toEqual({ id: first.id, added: false });
        if (fails) throw new Error("rolled back");
        return first;
      });
    await expect(twice(true)).rejects.toThrow("rolled back");
    const first = await twice(false);
    expect(first.added).toBe(true);
    expect(await queue.enqueue("square", 3, { uniqueKey: "k" })).toEqual({
      id: first.id,
      added: false,
    });
  });

  it("a unique key is free for another job once its holder is completed there", async () => {
    const { queue, transaction } = await opened(await place());
    await queue.enqueue("square", 1, { uniqueKey: "k" });
    const [job] = await queue.claim();
    const { added } = await transaction(async (client) => {
      await queue.within(client).complete(job!, 1);
      return queue.within(client).enqueue("square", 2, { uniqueKey: "k" });
    });
    expect(added).toBe(true);
  });

  it("a handler whose transaction was rolled back fails the attempt, and its effects are those of the next", async () => {
    const { queue, transaction, insert, rows } = await opened(await place());
    const { id } = await queue.enqueue("square", 3);
    const worker = queue.work({
      square: (job) =>
        transaction(async (client) => {
          await insert(client, job.payload);
          const settled = await queue.within(client).complete(job, job.attempt);
          if (job.attempt === 1) throw new Error("changed my mind");
          return settled;
        }),
    });
    await new Promise((resolve) => worker.on("completed", resolve));
    expect(await queue.get(id)).toMatchObject({ state: "completed", result: 2, attempt: 2 });
    expect(await rows()).toEqual([3]);
  });
}
