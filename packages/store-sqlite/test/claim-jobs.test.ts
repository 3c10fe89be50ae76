import { release } from "@turno/core";
import { type SqlPort, SqliteStore } from "@turno/store-sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import { aJob, jobs } from "./a-job.ts";
import { betterSqlitePort } from "./better-sqlite-port.ts";

let port: SqlPort;
let store: SqliteStore;
let worker: number;
beforeEach(() => {
  port = betterSqlitePort();
  store = new SqliteStore(port);
  worker = store.join({ leaseMs: 30_000 });
});

describe.each([1, 2, 3, 7, 8, 9, 63, 64, 65, 128, 129, 600])("a claim among %i types", (count) => {
  const types = Array.from({ length: count }, (_, index) => `type ${index}`);

  beforeEach(() => {
    // Neighbours in order are of types far apart.
    const add = jobs(count * 3, (index) => ({
      type: `type ${(index * 7) % count}`,
      priority: (index * 13) % 5,
      runAt: 1_000 - ((index * 11) % 17),
    }));
    store.commit({ now: 1_000, add: [...add, aJob({ type: "other", priority: 9 })] });
  });

  it.each(["named", "any"])("takes the first in claim order, whatever their type: %s", (which) => {
    const wanted = which === "named" ? types : undefined;
    const pages = Array.from({ length: 5 }, () => claim({ types: wanted, limit: 10 })).flat();
    const all = store.list({ limit: 10_000, types: wanted });
    const expected = all
      .toSorted((a, b) => b.priority - a.priority || a.runAt - b.runAt || a.seq - b.seq)
      .slice(0, 50);
    expect(pages.map(({ seq }) => seq)).toEqual(expected.map(({ seq }) => seq));
  });

  it("takes the same where the platform joins few SELECTs", () => {
    const taken = claim({ types, limit: 10 });
    store.commit({ now: 1_000, replace: taken.map((job) => release(job)) });
    store = new SqliteStore(fourAtMost(port));
    const again = claim({ types, limit: 10 });
    expect(again.map(({ seq }) => seq)).toEqual(taken.map(({ seq }) => seq));
  });

  it("leaves paused types out", () => {
    for (const type of types.slice(1)) store.pause({ type, paused: true });
    const claimed = claim({ limit: 10_000 });
    expect(new Set(claimed.map(({ type }) => type))).toEqual(new Set(["type 0", "other"]));
  });
});

describe("a claim with limits", () => {
  it("passes over the jobs of a type that it has enough of", () => {
    const add = jobs(3_000, (index) => ({
      type: index < 2_500 ? "greedy" : "b",
      priority: index < 2_500 ? 1 : 0,
    }));
    store.commit({ now: 1_000, add });
    const claimed = claim({ limit: 20, limitOf: new Map([["greedy", 3]]) });
    expect(claimed.map(({ seq }) => seq)).toEqual([
      1,
      2,
      3,
      ...Array.from({ length: 17 }, (_, i) => 2_501 + i),
    ]);
  });

  it("passes over a type that it may not take at all", () => {
    store.commit({ now: 1_000, add: [...jobs(50), ...jobs(5, () => ({ type: "b" }))] });
    const claimed = claim({ limit: 10, limitOf: new Map([["a", 0]]) });
    expect(claimed.map(({ type }) => type)).toEqual(Array(5).fill("b"));
  });

  it("stops where a job that one lost attempt would bury would have to wait", () => {
    const add = jobs(6, (index) => ({ maxAttempts: index === 3 ? 1 : 25 }));
    store.commit({ now: 1_000, add });
    expect(claim({ limit: 6, slots: 2 }).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(claim({ limit: 6, slots: 2 }).map(({ seq }) => seq)).toEqual([4, 5, 6]);
  });

  it("takes more than one statement reads", () => {
    for (let count = 0; count < 3; count++) store.commit({ now: 1_000, add: jobs(1_000) });
    expect(claim({ limit: 2_500 })).toHaveLength(2_500);
    expect(claim({ limit: Infinity })).toHaveLength(500);
  });

  it("counts a type once that is asked for twice", () => {
    store.commit({ now: 1_000, add: jobs(3) });
    expect(claim({ types: ["a", "a", "b", "a"], limit: 10 })).toHaveLength(3);
  });

  it("asks for nothing with no types and no room", () => {
    store.commit({ now: 1_000, add: jobs(3) });
    expect(claim({ types: [], limit: 10 })).toEqual([]);
    expect(claim({ limit: 0 })).toEqual([]);
  });
});

describe("due jobs", () => {
  it("become ready 1,000 at a claim, earliest first", () => {
    const add = jobs(1_500, (index) => ({ runAt: 10_000 - index, ready: false, priority: index }));
    store.commit({ now: 1_000, add });
    claim({ limit: 1, now: 10_000 });
    const ready = store
      .list({ limit: 2_000, states: ["pending"] })
      .filter((job) => "ready" in job && job.ready);
    expect(ready).toHaveLength(999);
    expect(Math.max(...ready.map(({ runAt }) => runAt))).toBe(9_500);
    expect(store.nextDueAt()).toBe(9_501);
  });
});

describe("a commit with nothing to do", () => {
  it("writes nothing", () => {
    const port = betterSqlitePort();
    const idle = new SqliteStore(port);
    const sleeper = idle.join({ leaseMs: 30_000 });
    idle.commit({ now: 1_000, add: jobs(1, () => ({ runAt: 5_000, ready: false })) });
    const writes = port.db.prepare("SELECT total_changes()").pluck();
    const before = writes.get();
    idle.commit({ now: 2_000 });
    idle.commit({ now: 2_000, add: [], replace: [] });
    idle.commit({ now: 2_000, claim: { worker: sleeper, limit: 10 } });
    idle.commit({ now: 2_000, claim: { worker: 99, limit: 10 } });
    expect(writes.get()).toBe(before);
  });
});

function claim({
  now = 1_000,
  ...request
}: { now?: number; limit: number } & Record<string, unknown>) {
  return store.commit({ now, claim: { worker, ...request } }).claimed;
}

function fourAtMost(port: SqlPort): SqlPort {
  return {
    ...port,
    mostCompounded: 4,
    prepare(sql) {
      expect(sql.split("UNION ALL").length).toBeLessThanOrEqual(4);
      return port.prepare(sql);
    },
  };
}
