import { defineJobs, json, type Queue, TurnoError } from "@turno/core";
import fc from "fast-check";
import pg from "pg";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { crew, type Crew } from "./crew.ts";
import { needPostgres } from "./postgres-url.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeEach(needPostgres);

const jobs = defineJobs({ a: { payload: json<number>() }, b: { payload: json<number>() } });

describe("queues that claim at once", () => {
  it("get different jobs, and together all of them", async () => {
    const { queues } = await crew(8, jobs);
    const [first] = queues;
    const items = Array.from({ length: 600 }, (_, payload) => ({ type: "a", payload }) as const);
    const ids = (await first.enqueueMany(items)).map(({ id }) => id);
    const taken: string[] = [];
    const takeAll = async (queue: Queue<typeof jobs>, limit: number) => {
      for (let empty = 0; empty < 3; ) {
        const claimed = await queue.claim({ limit });
        taken.push(...claimed.map(({ id }) => id));
        empty = claimed.length === 0 ? empty + 1 : 0;
      }
    };
    await Promise.all(queues.map((queue, at) => takeAll(queue, 1 + at * 5)));
    expect(taken.toSorted()).toEqual(ids.toSorted());
  });

  it("keep to their limits among many types, and together get all there is", async () => {
    const { stores, queues } = await crew(5);
    const [queue] = queues;
    const types = Array.from({ length: 30 }, (_, at) => `type${at}`);
    const items = types.flatMap((type, of) =>
      Array.from({ length: 12 }, (_, at) => ({ type, payload: at, priority: (of * 7 + at) % 5 })),
    );
    const ids = (await queue.enqueueMany(items)).map(({ id }) => id);
    const taken: string[] = [];
    const takeAll = async (store: Crew["stores"][number], limited: readonly string[]) => {
      const worker = await store.join({ leaseMs: 30_000 });
      const limitOf = new Map(limited.map((type) => [type, 2]));
      for (let empty = 0; empty < 3; ) {
        const { claimed } = await store.commit({
          now: Date.now(),
          claim: { worker, types, limit: 17, limitOf },
        });
        taken.push(...claimed.map(({ id }) => id));
        for (const type of limited)
          expect(claimed.filter((job) => job.type === type).length).toBeLessThanOrEqual(2);
        const inOrder = claimed.toSorted((a, b) => b.priority - a.priority || a.seq - b.seq);
        expect(claimed.map(({ priority }) => priority)).toEqual(
          inOrder.map(({ priority }) => priority),
        );
        empty = claimed.length === 0 ? empty + 1 : 0;
      }
    };
    await Promise.all(stores.map((store, at) => takeAll(store, types.slice(at * 5, at * 5 + 12))));
    expect(taken.toSorted()).toEqual(ids.toSorted());
  });

  it("make each due job ready once", async () => {
    const { queues, stores } = await crew(6, jobs);
    const [first] = queues;
    const runAt = Date.now() + 3_600_000;
    const items = Array.from(
      { length: 300 },
      (_, payload) => ({ type: "a", payload, runAt }) as const,
    );
    const ids = (await first.enqueueMany(items)).map(({ id }) => id);
    const claims = stores.map(async (store) => {
      const worker = await store.join({ leaseMs: 30_000 });
      const { claimed } = await store.commit({ now: runAt, claim: { worker, limit: 100 } });
      return claimed.map(({ id }) => id);
    });
    const taken = (await Promise.all(claims)).flat();
    expect(new Set(taken).size).toBe(taken.length);
    const worker = await stores[0].join({ leaseMs: 30_000 });
    const { claimed } = await stores[0].commit({ now: runAt, claim: { worker, limit: 400 } });
    expect([...taken, ...claimed.map(({ id }) => id)].toSorted()).toEqual(ids.toSorted());
  });
});

describe("a claim", () => {
  it("passes over what an open transaction of somebody's has locked, and takes it afterwards", async () => {
    const { queues, url, schema } = await crew(1, jobs);
    const [queue] = queues;
    const items = Array.from({ length: 10 }, (_, payload) => ({ type: "a", payload }) as const);
    await queue.enqueueMany(items);
    const client = await connected(url);
    await client.query("BEGIN");
    await client.query(`SELECT * FROM ${schema}.jobs WHERE seq < 6 FOR UPDATE`);
    expect(payloads(await queue.claim({ limit: 3 }))).toEqual([5, 6, 7]);
    expect(payloads(await queue.claim({ limit: 9 }))).toEqual([8, 9]);
    await client.query("ROLLBACK");
    expect(payloads(await queue.claim({ limit: 9 }))).toEqual([0, 1, 2, 3, 4]);
    expect(await queue.claim({ limit: 9 })).toEqual([]);
  });

  it("leaves a job that becomes ready at another place between being looked for and being locked", async () => {
    const { queues, stores, url, schema } = await crew(2, jobs);
    const { id } = await queues[0].enqueue("a", 1);
    const client = await connected(url);
    await client.query("SELECT pg_advisory_lock(hashtext($1))", [schema]);
    // Between the two the function has nothing to wait for: here it waits for the client.
    const { rows } = await client.query<{ text: string }>(
      `SELECT pg_get_functiondef('${schema}.claim_1'::regproc) AS text`,
    );
    const between = "IF cardinality(v_seqs) > 0 THEN";
    const [before, after, ...others] = (rows[0]?.text ?? "").split(between);
    expect(others).toEqual([]);
    const waiting = `PERFORM pg_advisory_xact_lock(hashtext('${schema}'));`;
    await client.query(`${before} ${waiting} ${between} ${after}`);
    const claiming = queues[0].claim();
    await vi.waitFor(async () => {
      const { rows: locks } = await client.query(
        "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = hashtext($1)::oid",
        [schema],
      );
      expect(locks).toHaveLength(1);
    }, 20_000);
    expect(await queues[1]!.retry(id)).toBe(true);
    await client.query("SELECT pg_advisory_unlock_all()");
    const early = await claiming;
    const [job] = early.length === 0 ? await queues[0].claim() : early;
    await queues[0].release(job!);
    const { findings } = await stores[0].examine();
    expect(findings.find(({ about }) => about === "integrity")).toMatchObject({ level: "good" });
  });

  it("does not see what a transaction has added until it is committed", async () => {
    const { queues, url } = await crew(1, jobs);
    const [queue] = queues;
    const client = await connected(url);
    await client.query("BEGIN");
    await queue.within(client).enqueue("a", 1);
    expect(await queue.claim()).toEqual([]);
    await client.query("COMMIT");
    expect(payloads(await queue.claim())).toEqual([1]);
  });
});

describe("queues that race for unique keys", () => {
  it("in whatever order each asks for them, all hear of the one holder of each", async () => {
    const { queues } = await crew(4, jobs);
    let round = 0;
    const keys = Array.from({ length: 12 }, (_, at) => `key ${at}`);
    const orders = fc.array(fc.shuffledSubarray(keys, { minLength: 6 }), {
      minLength: 4,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(orders, async (asked) => {
        round += 1;
        const answers = await Promise.all(
          asked.map(async (order, at) => {
            const items = order.map(
              (key) => ({ type: "a", payload: at, uniqueKey: `${round} ${key}` }) as const,
            );
            const added = await queues[at]!.enqueueMany(items);
            return added.map((one, index) => ({ ...one, key: order[index] }));
          }),
        );
        for (const key of keys) {
          const of = answers.flat().filter((one) => one.key === key);
          expect(of.filter(({ added }) => added).length).toBe(Math.min(1, of.length));
          expect(new Set(of.map(({ id }) => id)).size).toBe(Math.min(1, of.length));
        }
      }),
      { numRuns: 12 },
    );
  });

  it("a retry onto a taken key and its holder's completion leave one holder at the most", async () => {
    const { queues } = await crew(3, jobs);
    const [one, two = one, three = one] = queues;
    for (let round = 0; round < 15; round++) {
      const uniqueKey = `key ${round}`;
      const { id } = await one.enqueue("a", 1, { uniqueKey });
      const [first] = await one.claim({ limit: 1 });
      await one.complete(first!);
      const holder = await two.enqueue("a", 2, { uniqueKey });
      const [second] = await two.claim({ limit: 1 });
      expect(second?.id).toBe(holder.id);
      const [retried, , added] = await Promise.all([
        one.retry(id).then(
          () => "written",
          (error: unknown) => (error as TurnoError).code,
        ),
        two.complete(second!),
        three.enqueue("a", 3, { uniqueKey }),
      ]);
      expect(["written", "KeyTaken"]).toContain(retried);
      const { jobs: left } = await one.list({ states: ["pending"] });
      const holders = left.filter((job) => job.uniqueKey === uniqueKey);
      expect(holders.length).toBeLessThanOrEqual(1);
      if (retried === "written") expect(holders[0]?.id).toBe(id);
      if (added.added && retried !== "written") expect(holders[0]?.id).toBe(added.id);
      for (const job of holders) await one.cancel(job.id);
    }
  });
});

describe("prunes", () => {
  it("at once delete each old job once, and none that is retried meanwhile", async () => {
    const { queues, stores } = await crew(4, jobs);
    const [queue] = queues;
    const items = Array.from({ length: 300 }, (_, payload) => ({ type: "a", payload }) as const);
    const ids = (await queue.enqueueMany(items)).map(({ id }) => id);
    for (const id of ids) void queue.cancel(id);
    await vi.waitFor(async () => expect((await queue.counts()).cancelled).toBe(300), 20_000);
    const before = { cancelled: Date.now() + 60_000 };
    const pruneAll = async (store: Crew["stores"][number], limit: number) => {
      let pruned = 0;
      for (let empty = 0; empty < 2; ) {
        const count = await store.prune({ before, limit });
        pruned += count;
        empty = count === 0 ? empty + 1 : 0;
      }
      return pruned;
    };
    const retrySome = async () => {
      const retried: string[] = [];
      for (const id of ids.filter((_, at) => at % 7 === 0).reverse())
        if (await queues[3]!.retry(id)) retried.push(id);
      return retried;
    };
    const retrying = retrySome();
    const pruning = stores.slice(0, 3).map((store, at) => pruneAll(store, 3 + at));
    const kept = await retrying;
    const pruned = (await Promise.all(pruning)).reduce((sum, count) => sum + count, 0);
    const { jobs: left } = await queue.list({ limit: 1_000 });
    expect(
      left
        .filter(({ state }) => state === "pending")
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(kept.toSorted());
    expect(pruned + left.length).toBe(300);
  });
});

describe("queues that do whatever they like at once", () => {
  it("refuse nothing but what the others have taken, and leave tables that fit together", async () => {
    const op = fc.record({
      by: fc.nat({ max: 3 }),
      pick: fc.nat({ max: 50 }),
      do: fc.constantFrom(
        ...(["enqueue", "enqueue", "many", "claim", "claim", "complete", "complete"] as const),
        ...(["fail", "snooze", "release", "cancel", "retry", "prune", "pause"] as const),
      ),
    });
    const rounds = fc.array(fc.array(op, { minLength: 6, maxLength: 10 }), {
      minLength: 4,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(rounds, async (all) => {
        const { queues, stores, close } = await crew(4, jobs);
        const ids: string[] = [];
        const held: { readonly by: number; readonly job: never }[] = [];
        const claims = new Set<string>();
        const take = async ({ by, pick, do: what }: (typeof all)[number][number]) => {
          const queue = queues[by]!;
          const key = { uniqueKey: `k${pick % 4}` };
          const id = ids[pick % ids.length] ?? "";
          const own = held.find((one) => one.by === by);
          if (own !== undefined && ["complete", "fail", "snooze", "release"].includes(what))
            held.splice(held.indexOf(own), 1);
          switch (what) {
            case "enqueue":
              return ids.push((await queue.enqueue("a", pick, pick % 2 ? key : {})).id);
            case "many":
              return ids.push(
                ...(
                  await queue.enqueueMany([
                    { type: "b", payload: 1, ...key },
                    { type: "a", payload: 2, uniqueKey: `k${(pick + 1) % 4}` },
                    { type: "a", payload: 3, priority: pick % 3, delayMs: pick % 5 },
                  ])
                ).map((one) => one.id),
              );
            case "claim":
              for (const job of await queue.claim({ limit: 1 + (pick % 3) })) {
                const claim = `${job.id} ${job.attempt} ${job.claimedAt}`;
                expect(claims.has(claim)).toBe(false);
                claims.add(claim);
                held.push({ by, job: job as never });
              }
              return;
            case "complete":
              return own && (await queue.complete(own.job));
            case "fail":
              return own && (await queue.fail(own.job, new Error("x")));
            case "snooze":
              return own && (await queue.snooze(own.job, { delayMs: 0 }));
            case "release":
              return own && (await queue.release(own.job));
            case "cancel":
              return ids.length > 0 && (await queue.cancel(id));
            case "retry":
              return ids.length > 0 && (await queue.retry(id));
            case "prune":
              return await queue.prune({ completed: 0, dead: 0, cancelled: 0 });
            case "pause":
              await queue.pause("b");
              return await queue.resume("b");
          }
        };
        for (const ops of all) {
          const ended = await Promise.allSettled(ops.map((one) => take(one)));
          for (const end of ended)
            if (end.status === "rejected" && !isExpected(end.reason)) throw end.reason;
        }
        const { findings } = await stores[0].examine();
        expect(findings.find(({ about }) => about === "integrity")).toMatchObject({
          level: "good",
        });
        const { jobs: left } = await queues[0].list({ limit: 1_000 });
        const counts = await queues[0].counts();
        expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(left.length);
        await close();
      }),
      { numRuns: 6 },
    );
  });
});

/** What one queue may find that another has done. */
function isExpected(error: unknown): boolean {
  return error instanceof TurnoError && ["LeaseLost", "KeyTaken"].includes(error.code);
}

function payloads(claimed: readonly { readonly payload: unknown }[]): readonly unknown[] {
  return claimed.map(({ payload }) => payload);
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
