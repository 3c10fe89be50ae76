import {
  type Committed,
  complete,
  type Job,
  MemoryStore,
  type NewJob,
  type Write,
} from "@turno/core";
import { SqliteStore } from "@turno/store-sqlite";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aJob, jobs } from "./a-job.ts";
import { betterSqlitePort } from "./better-sqlite-port.ts";

const NOW = 1_000;
const random = () => 0.5;

describe("a commit that adds and claims", () => {
  const TYPES = ["a", "b", "c", "paused"];
  const wanted = fc.record({
    type: fc.constantFrom(...TYPES),
    priority: fc.constantFrom(-1, 0, 1),
    runAt: fc.constantFrom(900, 950, NOW),
    ready: fc.boolean(),
    maxAttempts: fc.constantFrom(1, 25),
    payload: fc.constantFrom("1", JSON.stringify("x".repeat(300))),
    uniqueKey: fc.option(fc.constantFrom("k", "l"), { nil: undefined }),
  });
  const several = fc.array(wanted, { maxLength: 12 });
  const request = fc.record({
    types: fc.option(fc.uniqueArray(fc.constantFrom(...TYPES, ...many(9))), { nil: undefined }),
    limit: fc.integer({ min: 0, max: 8 }),
    slots: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
    limitOf: fc.option(fc.constant(new Map([["a", 1]])), { nil: undefined }),
    known: fc.boolean(),
  });

  it("takes what it would take if it had added first and claimed then", () => {
    fc.assert(
      fc.property(several, several, request, (before, add, { known, ...claim }) => {
        const stores = [
          new SqliteStore(betterSqlitePort(), { random }),
          new MemoryStore({ random }),
        ];
        const [mine, theirs] = stores.map((store) => {
          const worker = store.join({ leaseMs: 30_000 });
          store.pause({ type: "paused", paused: true });
          store.commit({ now: NOW, add: before.map((each) => aJob(each)) });
          const write: Write = {
            now: NOW,
            add: add.map((each) => aJob(each)),
            claim: { ...claim, worker: known ? worker : worker + 1 },
          };
          return [store.commit(write), store.list({ limit: 100 })];
        });
        expect(mine).toEqual(theirs);
      }),
      { numRuns: 300 },
    );
  });

  it("inserts a job that it takes as running, with its payload", () => {
    const store = new SqliteStore(betterSqlitePort());
    const worker = store.join({ leaseMs: 30_000 });
    const payloads = ["1", JSON.stringify("x".repeat(300)), "2"];
    const { claimed } = store.commit({
      now: NOW,
      add: payloads.map((payload) => aJob({ payload })),
      claim: { worker, limit: 2 },
    });
    expect(claimed.map(({ payload }) => payload)).toEqual(payloads.slice(0, 2));
    expect(store.list({ limit: 5 }).map(({ payload }) => payload)).toEqual(payloads.toReversed());
    expect(store.counts()).toMatchObject({ running: 2, pending: 1 });
  });
});

describe("a commit that settles many", () => {
  it("tells of each whether it was written", () => {
    const { store, claimed } = withClaimed(20);
    const done = claimed.map((job) => complete(job, undefined, NOW));
    expect(store.commit({ now: NOW, replace: [done[3]!] }).replaced).toEqual(["written"]);
    const { replaced } = store.commit({ now: NOW, replace: [...done, done[7]!] });
    expect(replaced).toEqual([...done.map((_, at) => (at === 3 ? "stale" : "written")), "stale"]);
    expect(store.counts()).toMatchObject({ completed: 20 });
  });

  it("writes the rest of the commit once where one of them is stale", () => {
    const { store, claimed } = withClaimed(10);
    const done = claimed.map((job) => complete(job, undefined, NOW));
    store.commit({ now: NOW, replace: [done[0]!] });
    const note = { seq: 5, revision: claimed[4]!.revision, progress: "1", log: [line("once")] };
    const { added } = store.commit({ now: NOW, note: [note], replace: done, add: jobs(3) });
    expect(added.map(({ added }) => added)).toEqual([true, true, true]);
    expect(store.notes([5])).toEqual([{ progress: "1", log: [line("once")] }]);
    expect(store.counts()).toMatchObject({ completed: 10, pending: 3 });
  });

  it("keeps apart what differs: when it was done, its result, its revision and its key", () => {
    const wanted = (index: number): Partial<NewJob> => ({
      uniqueKey: index % 3 === 0 ? `${index}` : undefined,
      uniqueUntil: index % 2 === 0 ? "pruned" : "finished",
    });
    const stored = [
      new SqliteStore(betterSqlitePort(), { random }),
      new MemoryStore({ random }),
    ].map((store) => {
      const worker = store.join({ leaseMs: 30_000 });
      store.commit({ now: NOW, add: jobs(40, wanted) });
      const claim = { worker, limit: 40 };
      const { claimed }: Committed = store.commit({ now: NOW, claim });
      const replace = claimed.map((job, at): Job => {
        return complete(job, at % 7 === 0 ? `${at}` : undefined, NOW + (at >> 3));
      });
      return [store.commit({ now: NOW, replace }), store.list({ limit: 100 })];
    });
    expect(stored[0]).toEqual(stored[1]);
  });
});

describe("a payload", () => {
  it.each([255, 256, 257, 258, 5_000])("of %i characters is read as it was stored", (length) => {
    const store = new SqliteStore(betterSqlitePort());
    const worker = store.join({ leaseMs: 30_000 });
    const payload = JSON.stringify("ü".repeat(length - 2));
    store.commit({ now: NOW, add: jobs(3, (index) => (index === 1 ? {} : { payload })) });
    const expected = [payload, "null", payload];
    expect(store.get([1, 2, 3]).map((job) => job?.payload)).toEqual(expected);
    expect(store.list({ limit: 3 }).map((job) => job.payload)).toEqual(expected);
    const { claimed } = store.commit({ now: NOW, claim: { worker, limit: 3 } });
    expect(claimed.map((job) => job.payload)).toEqual(expected);
  });
});

function withClaimed(count: number) {
  const store = new SqliteStore(betterSqlitePort());
  const worker = store.join({ leaseMs: 30_000 });
  store.commit({ now: NOW, add: jobs(count) });
  return { store, ...store.commit({ now: NOW, claim: { worker, limit: count } }) };
}

function line(text: string) {
  return { at: NOW, attempt: 1, line: text };
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `none ${index}`);
}
