import type { Write } from "@turno/core";
import { describe, expect, it } from "vitest";
import { after } from "../after.ts";
import type { Method } from "../around.ts";
import { fresh } from "../fresh.ts";
import { gated } from "../gated.ts";

const MINUTE_MS = 60_000;

function counted() {
  const commits: Write[] = [];
  const calls = new Map<Method, number>();
  const setting = fresh({
    between: (method, call, write) => {
      calls.set(method, (calls.get(method) ?? 0) + 1);
      if (method === "commit") commits.push(write);
      return call();
    },
  });
  const forget = () => {
    commits.length = 0;
    calls.clear();
  };
  return { ...setting, commits, calls, forget };
}

describe("a worker's commits", () => {
  it("bring what has ended together with the next claim", async () => {
    const { queue, clock, commits, memory, forget } = counted();
    await queue.enqueueMany(Array.from({ length: 20 }, () => ({ type: "a" })));
    forget();
    queue.work({ a: () => after(clock, 700) }, { concurrency: 1 });
    await clock.until(() => memory.counts().completed === 20);
    const settling = commits.filter(({ replace = [] }) => replace.length > 0);
    expect(settling).toHaveLength(20);
    expect(settling.filter(({ claim }) => claim === undefined)).toEqual([]);
    expect(commits.length).toBeLessThanOrEqual(22);
  });

  it("bring all that ended in one turn", async () => {
    const { queue, clock, commits, memory, forget } = counted();
    await queue.enqueueMany(Array.from({ length: 50 }, () => ({ type: "a" })));
    forget();
    const gate = gated();
    queue.work({ a: () => gate.handler() }, { concurrency: 10 });
    for (let round = 0; round < 5; round++) {
      await clock.advance(1_500);
      gate.endAll();
    }
    await clock.advance(1);
    expect(memory.counts().completed).toBe(50);
    expect(commits.filter(({ replace = [] }) => replace.length > 0)).toHaveLength(5);
    expect(commits.length).toBeLessThanOrEqual(7);
  });

  it("are few where handlers end at once", async () => {
    const { queue, clock, commits, memory, forget } = counted();
    await queue.enqueueMany(Array.from({ length: 1_000 }, () => ({ type: "a" })));
    forget();
    queue.work({ a: () => {} }, { concurrency: 10 });
    await clock.until(() => memory.counts().completed === 1_000);
    expect(commits.length).toBeLessThan(40);
  });

  it("claim a good part of the line at a time where jobs are claimed ahead", async () => {
    const { queue, clock, commits, memory, forget } = counted();
    await queue.enqueueMany(Array.from({ length: 200 }, () => ({ type: "a" })));
    forget();
    queue.work({ a: () => after(clock, 10) }, { concurrency: 1 });
    await clock.until(() => memory.counts().completed === 200);
    expect(commits.filter(({ claim }) => claim !== undefined).length).toBeLessThan(60);
  });

  it("bring a job that is enqueued while the worker waits together with its claim", async () => {
    const { queue, clock, commits, forget } = counted();
    let runs = 0;
    queue.work({ a: () => runs++ });
    await clock.advance(5_500);
    forget();
    await queue.enqueue("a");
    expect(commits).toMatchObject([{ add: [{ type: "a" }], claim: { limit: 10 } }]);
    await clock.advance(0);
    expect(runs).toBe(1);
    expect(commits.length).toBeLessThanOrEqual(3);
  });

  it("come without a claim where what is enqueued is no work of its", async () => {
    const { queue, clock, commits, forget } = counted();
    queue.work({ a: () => {} });
    await clock.advance(5_500);
    forget();
    await queue.enqueue("b");
    await queue.enqueue("a", null, { delayMs: MINUTE_MS });
    expect(commits.map(({ claim }) => claim)).toEqual([undefined, undefined]);
  });

  it("are one a poll while there is nothing to do", async () => {
    const { queue, clock, commits, calls, forget } = counted();
    queue.work({ a: () => {} });
    await clock.advance(1_500);
    forget();
    await clock.advance(10 * MINUTE_MS);
    expect(commits.length).toBeGreaterThanOrEqual(595);
    expect(commits.length).toBeLessThanOrEqual(601);
    expect(calls.get("beat")).toBe(60);
    expect(calls.get("nextDueAt")).toBeLessThanOrEqual(601);
    expect(calls.get("workers")).toBeLessThanOrEqual(601);
    expect(calls.get("prune")).toBeLessThanOrEqual(11);
    expect(calls.get("list")).toBeLessThanOrEqual(21);
  });

  it("are as seldom as pollMs says", async () => {
    const { queue, clock, commits, forget } = counted();
    queue.work({ a: () => {} }, { pollMs: 5 * MINUTE_MS });
    await clock.advance(1_000);
    forget();
    await clock.advance(60 * MINUTE_MS);
    expect(commits.length).toBeLessThanOrEqual(12);
  });

  it.each([
    ["all its slots are taken", { concurrency: 1 }],
    ["its only type is at its limit", { concurrency: 5, concurrencyOf: { a: 1 } }],
  ])("are none while %s", async (_, options) => {
    const { queue, clock, commits, forget } = counted();
    await queue.enqueueMany([{ type: "a" }, { type: "a" }]);
    queue.work({ a: () => new Promise(() => {}) }, options);
    await clock.advance(2_000);
    forget();
    await queue.enqueue("a");
    await clock.advance(10 * MINUTE_MS);
    expect(commits.filter(({ claim }) => claim !== undefined)).toEqual([]);
  });

  it("are one a poll while its type is paused, or its jobs are of another", async () => {
    const { queue, clock, commits, forget } = counted();
    await queue.pause("a");
    await queue.enqueueMany([{ type: "a" }, { type: "b" }]);
    queue.work({ a: () => {} });
    await clock.advance(1_500);
    forget();
    await clock.advance(5 * MINUTE_MS);
    expect(commits.length).toBeLessThanOrEqual(301);
  });

  it("do not pile up between two idle workers of one queue", async () => {
    const { queue, clock, commits, forget } = counted();
    queue.work({ a: () => {} });
    queue.work({ b: () => {} });
    await clock.advance(1_500);
    forget();
    await clock.advance(5 * MINUTE_MS);
    expect(commits.length).toBeLessThanOrEqual(602);
  });

  it("do not pile up while jobs that are long due belong to others", async () => {
    const { queue, clock, commits, forget } = counted();
    const runAt = clock.now() + 2_000;
    await queue.enqueueMany(Array.from({ length: 2_500 }, () => ({ type: "b", runAt })));
    queue.work({ a: () => {} });
    await clock.advance(5_000);
    forget();
    await clock.advance(MINUTE_MS);
    expect(commits.length).toBeLessThanOrEqual(61);
  });
});
