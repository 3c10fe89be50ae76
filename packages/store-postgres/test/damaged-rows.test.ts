import { complete, defineJobs, json, Queue, release, type RunningJob } from "@turno/core";
import type { PostgresStore } from "@turno/store-postgres";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { openOnPglite, pglite } from "./pglite.ts";

const jobs = defineJobs({
  a: { payload: json<number | string>(), result: json<string>() },
});

const LEASE_MS = 600;
const PATIENCE = { timeout: 20_000, interval: 20 };

let queue: Queue<typeof jobs, PostgresStore>;
let store: PostgresStore;
let schema: string;
beforeEach(async () => {
  ({ store, schema } = await openOnPglite());
  queue = new Queue({ store, jobs });
  onTestFinished(() => queue.close());
});

describe("a worker on tables that a stranger has written into", () => {
  it.each([
    "state = 9",
    "state = -1",
    "backoff = 'x'",
    "backoff = '['",
    "max_attempts = 0",
    "attempt = -3",
    "attempt = 2147483647",
    "max_attempts = -2147483648",
    "priority = -2147483648",
    "run_at = 1, due_at = 1, priority = -2147483648, attempt = 2147483647, max_attempts = -2147483648",
    "revision = 9007199254740993",
    "revision = 9223372036854775807",
    "revision = -5",
    "unique_until = 7",
    "failures = 'x'",
    "failures = '[{}]'",
    "timeout_ms = -1",
    "created_at = 9223372036854775807",
    "payload = repeat('1', 6000000)",
    "unique_key = ''",
  ])("does the other jobs, and the damaged one ends dead: %s", async (change) => {
    const ids = await enqueue(3);
    await tell(`UPDATE ${schema}.jobs SET ${change} WHERE seq = 2`);
    const errors = work();
    expect(await Promise.all([queue.result(ids[0]), queue.result(ids[2])])).toEqual(["1", "3"]);
    await vi.waitFor(async () => {
      expect(await rowOf(2)).toMatchObject({ state: 4 });
      const { jobs: all } = await queue.list();
      expect(all.map(({ state }) => state)).toEqual(["completed", "dead", "completed"]);
      expect(all[1]?.failures.at(-1)).toMatchObject({ kind: "damaged" });
      expect(await queue.get(all[1]?.id ?? "")).toEqual(all[1]);
    }, PATIENCE);
    expect(await queue.counts()).toMatchObject({ completed: 2, dead: 1, pending: 0 });
    expect(errors).toEqual([]);
    expect(await tell(`SELECT * FROM ${schema}.ready`)).toEqual([]);
  });

  it.each([
    "DELETE FROM $.jobs WHERE seq = 2",
    "UPDATE $.jobs SET state = 3, finished_at = 5 WHERE seq = 2",
    "UPDATE $.jobs SET state = 5, finished_at = 5 WHERE seq = 2",
    "INSERT INTO $.ready (seq, run_at, rank, is_last, type) VALUES (77, 0, -9, true, 'a')",
    "INSERT INTO $.ready (seq, run_at, rank, is_last, type) SELECT 100 + each, 0, -9, true, 'a' FROM generate_series(1, 3000) AS each",
    "UPDATE $.ready SET rank = -5 WHERE seq = 2",
  ])("takes what is ready and no waiting job out of the way: %s", async (change) => {
    const [first, , third] = await enqueue(3);
    await tell(change.replaceAll("$", schema));
    const errors = work();
    expect(await Promise.all([queue.result(first), queue.result(third)])).toEqual(["1", "3"]);
    await vi.waitFor(
      async () => expect(await tell(`SELECT * FROM ${schema}.ready`)).toEqual([]),
      PATIENCE,
    );
    expect(errors).toEqual([]);
  });

  it("is held up by nobody where a ready job is in no list of those that are", async () => {
    const [, second, third] = await enqueue(3);
    await tell(`DELETE FROM ${schema}.ready WHERE seq = 1`);
    work();
    expect(await Promise.all([queue.result(second), queue.result(third)])).toEqual(["2", "3"]);
    const { findings } = await store.examine();
    expect(findings.find(({ about }) => about === "integrity")).toMatchObject({ level: "bad" });
  });

  it.each(["'no JSON'", "''"])(
    "buries a job whose payload is no JSON, and says so: %s",
    async (payload) => {
      const [id] = await enqueue(1);
      await tell(`UPDATE ${schema}.jobs SET payload = ${payload}`);
      expect(await queue.get(id)).toMatchObject({ state: "pending", payload: undefined });
      work();
      const result = queue.result(id);
      await expect(result).rejects.toThrow(/is not JSON: somebody has changed it/);
      await expect(result).rejects.toMatchObject({ code: "JobDead" });
    },
  );

  it("leaves jobs alone whose type nobody knows", async () => {
    const ids = await enqueue(2);
    await tell(`UPDATE ${schema}.jobs SET type = 'unknown' WHERE seq = 1`);
    work();
    expect(await queue.result(ids[1])).toBe("2");
  });

  it("buries what an unknown worker holds", async () => {
    const ids = await enqueue(2);
    await queue.claim({ limit: 1 });
    await tell(`UPDATE ${schema}.jobs SET worker = 999, backoff = '[' WHERE seq = 1`);
    await tell(`UPDATE ${schema}.claims SET worker = 999`);
    work();
    await expect(queue.result(ids[0])).rejects.toMatchObject({ code: "JobDead" });
    expect(await rowOf(1)).toMatchObject({ state: 4, worker: null });
    expect(await queue.result(ids[1])).toBe("2");
  });
});

describe("a job whose row was damaged", () => {
  it("is fenced like any other once somebody has mended and retried it", async () => {
    const [id] = await enqueue(1);
    await tell(`UPDATE ${schema}.jobs SET backoff = '['`);
    expect(await queue.claim()).toEqual([]);
    await tell(`UPDATE ${schema}.jobs SET backoff = NULL`);
    expect((await queue.get(id))?.state).toBe("dead");
    await queue.retry(id);
    const [worker, other] = [await store.join({ leaseMs: 1 }), await store.join({ leaseMs: 1 })];
    const now = Date.now();
    const held = await claimBy(worker, now);
    await store.commit({ now, replace: [release(held)] });
    const again = await claimBy(other, now);
    const late = complete(held, undefined, now);
    expect((await store.commit({ now, replace: [late] })).replaced).toEqual(["stale"]);
    const right = complete(again, undefined, now);
    expect((await store.commit({ now, replace: [right] })).replaced).toEqual(["written"]);
  });

  it("is buried though another holds the key that it should hold until it is pruned", async () => {
    const kept = { uniqueKey: "k", uniqueUntil: "pruned" } as const;
    const { id } = await queue.enqueue("a", 1, { ...kept, priority: 1 });
    await tell(`UPDATE ${schema}.jobs SET holds_key = false, backoff = '['`);
    const { added } = await queue.enqueue("a", 2, kept);
    expect(added).toBe(true);
    expect(await queue.claim({ limit: 1 })).toHaveLength(1);
    expect(await rowOf(1)).toMatchObject({ state: 4, holds_key: false });
    expect((await queue.get(id))?.state).toBe("dead");
  });
});

it("a row whose number no id can carry is in no list, and holds nobody up", async () => {
  const [id] = await enqueue(1);
  const big = 2 ** 41;
  await tell(
    `INSERT INTO ${schema}.jobs SELECT (jsonb_populate_record(job, '{"seq": ${big}}')).* FROM ${schema}.jobs job`,
  );
  await tell(
    `INSERT INTO ${schema}.ready SELECT (jsonb_populate_record(staged, '{"seq": ${big}, "rank": -9}')).* FROM ${schema}.ready staged`,
  );
  work();
  expect(await queue.result(id)).toBe("1");
  expect((await queue.list()).jobs.map((job) => job.id)).toEqual([id]);
});

async function claimBy(worker: number, now: number): Promise<RunningJob> {
  const { claimed } = await store.commit({ now, claim: { worker, limit: 1 } });
  const [job] = claimed;
  if (job === undefined) throw new Error("there was nothing to claim");
  return job;
}

async function enqueue(count: number) {
  const items = Array.from({ length: count }, (_, at) => ({ type: "a", payload: at + 1 }) as const);
  const added = await queue.enqueueMany(items);
  return added.map(({ id }) => id) as [string, string, string];
}

/** Answers with the errors that the worker tells of. */
function work(): unknown[] {
  const errors: unknown[] = [];
  const worker = queue.work({ a: (job) => String(job.payload) }, { leaseMs: LEASE_MS });
  worker.on("error", ({ error }) => errors.push(error));
  return errors;
}

async function tell(statement: string): Promise<readonly unknown[]> {
  return (await (await pglite()).query(statement)).rows;
}

async function rowOf(seq: number): Promise<unknown> {
  return (await tell(`SELECT * FROM ${schema}.jobs WHERE seq = ${seq}`))[0];
}
