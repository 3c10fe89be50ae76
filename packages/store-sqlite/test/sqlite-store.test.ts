import { complete, type NewJob } from "@turno/core";
import { SqliteStore } from "@turno/store-sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import { aJob, jobs } from "./a-job.ts";
import { betterSqlitePort } from "./better-sqlite-port.ts";

let port: ReturnType<typeof betterSqlitePort>;
let store: SqliteStore;
let worker: number;
beforeEach(() => {
  port = betterSqlitePort();
  store = new SqliteStore(port);
  worker = store.join({ leaseMs: 30_000 });
});

describe("pruning", () => {
  it("never gives a number twice", () => {
    finish(10);
    expect(store.prune({ before: { completed: 5_000 }, limit: 1_000 })).toBe(9);
    expect(store.list({ limit: 10 }).map(({ seq }) => seq)).toEqual([10]);
    store.commit({ now: 1_000, add: [aJob()] });
    expect(store.prune({ before: { completed: 5_000 }, limit: 1_000 })).toBe(1);
    expect(store.list({ limit: 10 }).map(({ seq }) => seq)).toEqual([11]);
  });

  it("takes the payloads along that lie aside, and no others", () => {
    finish(10, { payload: JSON.stringify("x".repeat(1_000)) });
    store.prune({ before: { completed: 5_000 }, limit: 4 });
    const left = port.db.prepare("SELECT seq FROM turno_payloads ORDER BY seq").pluck().all();
    expect(left).toEqual([5, 6, 7, 8, 9, 10]);
  });

  it("keeps to its limit over all states together", () => {
    finish(10);
    const before = { completed: 5_000, dead: 5_000, cancelled: 5_000 };
    expect(store.prune({ before, limit: 3 })).toBe(3);
    expect(store.prune({ before, limit: Infinity })).toBe(6);
  });
});

describe("a payload", () => {
  it("is written once, whatever becomes of its job", () => {
    port.db.exec(
      "CREATE TRIGGER once BEFORE UPDATE ON turno_payloads BEGIN SELECT raise(FAIL, 'rewritten'); END",
    );
    finish(3);
    expect(store.counts().completed).toBe(3);
  });
});

describe("a replaced job", () => {
  it("may be written twice in one commit", () => {
    store.commit({ now: 1_000, add: [aJob()] });
    const [running] = store.commit({ now: 1_000, claim: { worker, limit: 1 } }).claimed;
    const done = complete(running ?? expect.unreachable(), "1", 1_000);
    const again = { ...done, revision: done.revision + 1, result: "2" };
    expect(store.commit({ now: 1_000, replace: [done, again, again] }).replaced).toEqual([
      "written",
      "written",
      "stale",
    ]);
    expect(store.get([1])).toEqual([again]);
  });
});

describe("a worker", () => {
  it("is known with the sign it joined with", () => {
    const other = store.join({ leaseMs: 5, sign: "lock 7" });
    expect(store.signedWorkers().map(({ id, sign }) => [id, sign])).toEqual([
      [worker, null],
      [other, "lock 7"],
    ]);
    expect(store.workers()).toEqual([
      { id: worker, beat: 0, leaseMs: 30_000, gone: false },
      { id: other, beat: 0, leaseMs: 5, gone: false },
    ]);
  });
});

function finish(count: number, wanted: Partial<NewJob> = {}): void {
  store.commit({ now: 1_000, add: jobs(count, () => wanted) });
  const { claimed } = store.commit({ now: 1_000, claim: { worker, limit: count } });
  store.commit({ now: 1_000, replace: claimed.map((job) => complete(job, undefined, 1_000)) });
}
