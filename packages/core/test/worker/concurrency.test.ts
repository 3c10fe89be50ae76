import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import { fresh } from "../fresh.ts";
import { gated } from "../gated.ts";

function mixed(count: number) {
  return Array.from({ length: count }, (_, payload) => ({
    type: ["a", "b", "c"][payload % 3] ?? "a",
    payload,
  }));
}

describe("concurrency", () => {
  it("is reached and never exceeded", async () => {
    const { queue, clock } = fresh();
    const { enqueued, gate } = { enqueued: queue.enqueueMany(mixed(50)), gate: gated() };
    await enqueued;
    const handler = () => gate.handler();
    queue.work({ a: handler, b: handler, c: handler }, { concurrency: 7 });
    for (let ended = 0; ended < 44; ended++) {
      await clock.advance(10);
      expect(gate.running).toBe(7);
      gate.end();
    }
    await clock.advance(10);
    gate.endAll();
    await clock.advance(10);
    expect(gate.most).toBe(7);
    expect(await queue.summary()).toContain("completed 50,");
  });

  it("of two workers of a queue is reached by both at once", async () => {
    const { queue, clock } = fresh();
    const gate = gated();
    for (const _ of ["one", "other"])
      queue.work({ a: () => gate.handler() }, { concurrency: 1, pollMs: 60_000 });
    await clock.advance(10);
    await queue.enqueueMany([{ type: "a" }, { type: "a" }]);
    await clock.advance(10);
    expect(gate.running).toBe(2);
  });

  it("is 10 unless said otherwise", async () => {
    const { queue, clock } = fresh();
    await queue.enqueueMany(mixed(30));
    const gate = gated();
    const handler = () => gate.handler();
    queue.work({ a: handler, b: handler, c: handler });
    await clock.advance(5_000);
    expect(gate.running).toBe(10);
  });

  it("of a type is reached and never exceeded, and leaves the other slots to other types", async () => {
    const { queue, clock } = fresh();
    await queue.enqueueMany(mixed(90));
    const gates = { a: gated(), b: gated(), c: gated() };
    queue.work(
      { a: () => gates.a.handler(), b: () => gates.b.handler(), c: () => gates.c.handler() },
      { concurrency: 6, concurrencyOf: { a: 1, b: 2 } },
    );
    for (let round = 0; round < 20; round++) {
      // Slow handlers: nothing is claimed ahead, so each type gets its own slots back.
      await clock.advance(1_000);
      expect([gates.a.running, gates.b.running, gates.c.running]).toEqual([1, 2, 3]);
      gates.a.end();
      gates.b.end();
      gates.c.end();
    }
    await clock.advance(20);
    expect([gates.a.most, gates.b.most]).toEqual([1, 2]);
    expect(gates.c.most).toBeLessThanOrEqual(6);
  });

  it("of a type holds also while jobs are claimed ahead", async () => {
    const { queue, clock } = fresh();
    const running = { a: 0, b: 0 };
    const most = { a: 0, b: 0 };
    let done = 0;
    const quick = (type: "a" | "b") => async () => {
      most[type] = Math.max(most[type], ++running[type]);
      await after(clock, 5);
      running[type]--;
      done++;
    };
    await queue.enqueueMany(
      Array.from({ length: 200 }, (_, n) => ({ type: n % 2 === 0 ? "a" : "b" })),
    );
    queue.work({ a: quick("a"), b: quick("b") }, { concurrency: 4, concurrencyOf: { a: 2 } });
    await clock.until(() => done === 200);
    expect(most.a).toBe(2);
    expect(most.b).toBeLessThanOrEqual(4);
  });

  it("of a worker is its own: two workers of a queue share the jobs and run none twice", async () => {
    const { queue, clock } = fresh();
    await queue.enqueueMany(Array.from({ length: 40 }, () => ({ type: "a" })));
    const gates = [gated(), gated()];
    for (const gate of gates) queue.work({ a: () => gate.handler() }, { concurrency: 3 });
    await clock.advance(10);
    expect(gates.map(({ running }) => running)).toEqual([3, 3]);
    for (let round = 0; round < 40; round++) {
      gates.forEach((gate) => gate.end());
      await clock.advance(20);
    }
    expect(gates.map(({ most }) => most)).toEqual([3, 3]);
    const { jobs } = await queue.list();
    expect(jobs.every(({ state, attempt }) => state === "completed" && attempt === 1)).toBe(true);
  });
});

describe("the order", () => {
  it("is priority, then runAt, then age", async () => {
    const { queue, clock } = fresh();
    const now = clock.now();
    await queue.enqueueMany([
      { type: "a", payload: "old" },
      { type: "b", payload: "young" },
      { type: "a", payload: "high", priority: 5 },
      { type: "b", payload: "long due", runAt: now - 5_000 },
      { type: "b", payload: "low", priority: -1, runAt: 0 },
      { type: "a", payload: "higher", priority: 6 },
    ]);
    const seen: unknown[] = [];
    const handler = ({ payload }: { payload: unknown }) => seen.push(payload);
    queue.work({ a: handler, b: handler }, { concurrency: 1 });
    await clock.until(() => seen.length === 6);
    expect(seen).toEqual(["higher", "high", "long due", "old", "young", "low"]);
  });

  it("holds over many claims at concurrency 1", async () => {
    const { queue, clock } = fresh();
    await queue.enqueueMany(mixed(300));
    const seen: unknown[] = [];
    const handler = async ({ payload }: { payload: unknown }) => {
      seen.push(payload);
      await after(clock, 7);
    };
    queue.work({ a: handler, b: handler, c: handler }, { concurrency: 1 });
    await clock.until(() => seen.length === 300);
    expect(seen).toEqual(Array.from({ length: 300 }, (_, n) => n));
  });

  it("puts a retried job at its new runAt", async () => {
    const { queue, clock } = fresh();
    const { id } = await queue.enqueue("a", "first");
    await clock.advance(1);
    await queue.enqueue("a", "second");
    await clock.advance(1);
    await queue.retry(id);
    const seen: unknown[] = [];
    queue.work({ a: ({ payload }) => seen.push(payload) }, { concurrency: 1 });
    await clock.until(() => seen.length === 2);
    expect(seen).toEqual(["second", "first"]);
  });
});
