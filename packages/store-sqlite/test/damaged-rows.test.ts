import {
  abandon,
  bury,
  complete,
  type FinishedJob,
  type Job,
  type NewJob,
  retry,
  type RunningJob,
} from "@turno/core";
import type { SqliteStore } from "@turno/store-sqlite";
import type Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { aJob, jobs } from "./a-job.ts";
import { LARGEST, NOW, SMALLEST, sharedFile } from "./shared-file.ts";

let on: ReturnType<typeof sharedFile>;
let store: SqliteStore;
let stranger: Database.Database;
let worker: number;
beforeEach(() => {
  on = sharedFile();
  ({ store, stranger, worker } = on);
});

/** What a stranger does to a job that waits, and what is then said to be wrong with it. */
const DAMAGE: readonly (readonly [change: string, reason: RegExp])[] = [
  ["payload = NULL", /payload is missing/],
  ["payload = printf('%.*c', 5000000, '1')", /payload is missing/],
  ["backoff = 'soon'", /backoff is "soon"/],
  ["backoff = '[]'", /backoff is an array/],
  ["backoff = 'null'", /backoff is missing/],
  [`backoff = '{"kind":1}'`, /backoff is an object/],
  [`backoff = '{"kind":"fixed","more":1}'`, /backoff is an object/],
  ["failures = '[{'", /failures is "\[{"/],
  ["failures = '5'", /failures is 5/],
  ["failures = '[1, null]'", /failures is an array/],
  [`failures = '[{"name":"Error"}]'`, /failures is an array/],
  ["failures = printf('%.*c', 5000000, '1')", /failures is ""/],
  ["state = 99", /state is 99/],
  ["state = -1", /state is -1/],
  ["state = 2", /ready is 1/],
  ["state = 4, finished_at = 1", /ready is 1/],
  ["attempt = -3", /attempt is -3/],
  ["attempt = 25", /attempt is 25/],
  [`attempt = ${LARGEST}`, /attempt is 9/],
  ["max_attempts = 0", /maxAttempts is 0/],
  ["max_attempts = -1", /maxAttempts is -1/],
  [`max_attempts = ${LARGEST}`, /maxAttempts is 9/],
  ["revision = 0", /revision is 0/],
  ["revision = -7", /revision is -7/],
  ["revision = 9007199254740993", /revision is 9007/],
  [`revision = ${LARGEST}`, /revision is 9223/],
  ["priority = 5000000", /priority is 5000000/],
  [`priority = ${SMALLEST}`, /priority is -9223/],
  ["run_at = -1", /runAt is -1/],
  [`run_at = ${LARGEST}`, /runAt is 9223/],
  ["created_at = -1", /createdAt is -1/],
  [`created_at = ${LARGEST}`, /createdAt is 9223/],
  ["timeout_ms = 0", /timeoutMs is 0/],
  ["timeout_ms = -5", /timeoutMs is -5/],
  ["timeout_ms = 100000000000", /timeoutMs is 1000/],
  ["unique_until = 7", /uniqueUntil is 7/],
  ["unique_key = ''", /uniqueKey is ""/],
  ["unique_key = 'a' || char(0)", /uniqueKey is "a\\u0000"/],
  ["type = ''", /type is ""/],
  ["type = 'a' || char(0) || 'b'", /type is "a\\u0000b"/],
  ["type = printf('%.*c', 10000, 'x')", /type is "x+"… \(10000 characters\)/],
];

describe.for(DAMAGE)("a job that waits with %s", ([change, reason]) => {
  beforeEach(() => {
    store.commit({ now: 1_000, add: jobs(3) });
    on.damage(2, change);
  });

  it("is read as a dead one, whose latest failure says what is wrong", () => {
    const [one, two, three] = store.get([1, 2, 3]);
    expect([one?.state, two?.state, three?.state]).toEqual(["pending", "dead", "pending"]);
    expect(two?.failures.at(-1)).toMatchObject({ kind: "damaged", name: "Damaged" });
    expect(two?.failures.at(-1)?.message).toMatch(reason);
    expect(store.list({ limit: 10 })).toEqual([three, two, one]);
    expect(on.damaged()).toMatchObject({ count: 1, rows: [{ seq: 2 }] });
    expect(on.damaged().rows[0]?.fault).toMatch(reason);
    expect(store.counts()).toBeTypeOf("object");
  });

  it("is stored as dead by the claim that meets it, which takes the others", () => {
    expect(on.claim().map(({ seq }) => seq)).toEqual([1, 3]);
    expect(on.rowOf(2)).toMatchObject({ state: 4, ready: null, worker: null, finished_at: NOW });
    expect(store.get([2])[0]).toMatchObject({ state: "dead", finishedAt: NOW });
    expect(store.get([2])[0]?.failures.at(-1)?.message).toMatch(reason);
    expect(store.get([2])[0]?.failures.at(-1)?.at).toBe(NOW);
    expect(on.claim()).toEqual([]);
  });

  it("is read the same way by its id", () => {
    const job = store.get([2])[0];
    expect(job?.id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{2}0000000002$/,
    );
    on.claim();
    expect(store.get([2])[0]?.id).toBe(job?.id);
  });
});

describe("what was completed", () => {
  it("stays so, whatever became of its record", () => {
    finishOne();
    on.damage(1, "backoff = 'soon', finished_at = NULL");
    const [job] = store.get([1]);
    expect(job).toMatchObject({ state: "completed", finishedAt: 1_000 });
    expect(job?.failures).toMatchObject([{ kind: "damaged" }]);
    expect(on.damaged().count).toBe(1);
  });

  it("is not run again where somebody says that it is ready", () => {
    finishOne();
    on.damage(1, "ready = 1");
    expect(on.claim()).toEqual([]);
    expect(on.rowOf(1)).toMatchObject({ state: 3, ready: null });
    expect(store.get([1])[0]).toMatchObject({ state: "completed", result: "7" });
  });
});

describe("a claim", () => {
  it("makes dead what is ready, though a worker holds it", () => {
    store.commit({ now: 1_000, add: jobs(3) });
    on.damage(2, "state = 2, worker = 1, claimed_at = 1, attempt = 1");
    expect(store.get([2])[0]).toMatchObject({ state: "running" });
    expect(on.claim().map(({ seq }) => seq)).toEqual([1, 3]);
    expect(store.get([2])[0]).toMatchObject({ state: "dead", failures: [{ kind: "damaged" }] });
  });

  it("is not eaten up by damaged rows before the others", () => {
    store.commit({ now: 1_000, add: jobs(1_000) });
    store.commit({ now: 1_000, add: jobs(500) });
    stranger.exec("UPDATE turno_jobs SET max_attempts = 0 WHERE seq <= 1200");
    expect(on.claim({ limit: 2 }).map(({ seq }) => seq)).toEqual([1_201, 1_202]);
    expect(store.counts()).toMatchObject({ pending: 298, running: 2, dead: 1_200 });
  });

  it("holds the lock for a part of very many", () => {
    for (let count = 0; count < 12; count++) store.commit({ now: 1_000, add: jobs(1_000) });
    stranger.exec("UPDATE turno_jobs SET max_attempts = 0 WHERE seq <= 11990");
    expect(on.claim({ limit: 2 })).toEqual([]);
    expect(on.claim({ limit: 2 }).map(({ seq }) => seq)).toEqual([11_991, 11_992]);
  });

  it("of many types takes the others, too", () => {
    const types = Array.from({ length: 20 }, (_, index) => `type ${index}`);
    store.commit({ now: 1_000, add: jobs(60, (index) => ({ type: `type ${index % 20}` })) });
    stranger.exec("UPDATE turno_jobs SET timeout_ms = 0 WHERE seq % 2 = 1");
    expect(on.claim({ types, limit: 30 })).toHaveLength(30);
    expect(on.claim({ limit: 30 })).toEqual([]);
    expect(store.counts()).toMatchObject({ running: 30, dead: 30 });
  });

  it("of other types is given no job whose type is empty", () => {
    store.commit({ now: 1_000, add: jobs(3) });
    stranger.exec("UPDATE turno_jobs SET type = '' WHERE seq = 2");
    expect(on.claim({ types: ["x", "y", "a"] }).map(({ seq }) => seq)).toEqual([1, 3]);
    expect(on.rowOf(2)).toMatchObject({ state: 0 });
  });

  it("passes over a type that is no text", () => {
    store.commit({ now: 1_000, add: jobs(3) });
    on.damage(2, "type = CAST(x'eda080' AS TEXT)");
    expect(on.claim().map(({ seq }) => seq)).toEqual([1, 3]);
    expect(store.list({ limit: 3 })).toHaveLength(3);
  });

  it("ends where a stranger's trigger keeps it from burying", () => {
    store.commit({ now: 1_000, add: jobs(3) });
    on.damage(1, "timeout_ms = 0");
    stranger.exec(
      "CREATE TRIGGER keep BEFORE UPDATE ON turno_jobs WHEN old.seq = 1 BEGIN SELECT raise(IGNORE); END",
    );
    expect(on.claim()).toEqual([]);
  });

  it("does its work beside columns and triggers of strangers", () => {
    stranger.exec(`ALTER TABLE turno_jobs ADD COLUMN note TEXT;
      CREATE TABLE audit (seq INTEGER, state INTEGER);
      CREATE TRIGGER audit AFTER UPDATE ON turno_jobs BEGIN INSERT INTO audit VALUES (new.seq, new.state); END`);
    store.commit({ now: 1_000, add: jobs(3) });
    on.damage(2, "timeout_ms = 0");
    expect(on.claim().map(({ seq }) => seq)).toEqual([1, 3]);
    expect(stranger.prepare("SELECT count(*) FROM audit WHERE state = 4").pluck().get()).toBe(1);
  });

  it("buries a payload of 50 MB unread, and pages go on", () => {
    store.commit({ now: 1_000, add: [aJob(), aJob({ payload: big(1_000) }), aJob()] });
    stranger.exec("UPDATE turno_payloads SET payload = printf('%.*c', 50000000, '1')");
    expect(store.list({ limit: 3 })[1]).toMatchObject({ state: "dead", payload: "" });
    expect(on.claim().map(({ seq }) => seq)).toEqual([1, 3]);
    expect(on.rowOf(2)).toMatchObject({ state: 4 });
  });
});

describe("a job that runs", () => {
  const CHANGES = [
    "backoff = 'soon'",
    "attempt = 99",
    "worker = NULL",
    "worker = 0",
    "claimed_at = NULL",
    "revision = -1",
    `revision = ${LARGEST}`,
    `claimed_at = ${LARGEST}`,
  ];

  beforeEach(() => {
    store.commit({ now: 1_000, add: jobs(3) });
    on.claim();
  });

  it.each(CHANGES)("is not said to be dead while somebody holds it: %s", (change) => {
    on.damage(2, change);
    const state = change.startsWith("worker") ? "dead" : "running";
    expect(store.get([2])[0]).toMatchObject({ state, failures: [{ kind: "damaged" }] });
    expect(store.beat(worker)).toMatchObject({ known: true });
    expect(store.list({ limit: 3, states: ["running"] }).length).toBeGreaterThanOrEqual(2);
  });

  it.each(CHANGES.filter((change) => !change.startsWith("worker")))(
    "is given up with its worker: %s",
    (change) => {
      on.damage(2, change);
      store.leave(worker);
      const orphans = store.list({ limit: 9, states: ["running"], orphaned: true });
      const job = orphans.find(({ seq }) => seq === 2) as RunningJob;
      const next = abandon(job, NOW);
      expect(store.commit({ now: NOW, replace: [next] }).replaced).toEqual(["written"]);
      expect(store.commit({ now: NOW, replace: [next] }).replaced).toEqual(["stale"]);
      expect(store.list({ limit: 9, states: ["running"], orphaned: true })).toHaveLength(2);
      expect(on.rowOf(2)).toMatchObject({ worker: null });
      const kinds = store.get([2])[0]?.failures.map(({ kind }) => kind);
      expect(kinds).toEqual(["damaged", "abandoned"]);
    },
  );

  it(`is buried as an orphan where its worker is none: worker = ${LARGEST}`, () => {
    on.damage(2, `worker = ${LARGEST}`);
    const orphans = store.list({ limit: 9, states: ["running"], orphaned: true });
    expect(orphans).toMatchObject([{ seq: 2, state: "dead" }]);
    const replace = orphans.map((job) => bury(job, NOW));
    expect(store.commit({ now: NOW, replace }).replaced).toEqual(["written"]);
    expect(on.rowOf(2)).toMatchObject({ state: 4, worker: null, finished_at: NOW });
  });

  it("may still be completed by who holds it", () => {
    on.damage(2, "backoff = 'soon'");
    const job = { ...(store.get([1])[0] as RunningJob), seq: 2 };
    expect(store.commit({ now: NOW, replace: [complete(job, "7", NOW)] }).replaced).toEqual([
      "written",
    ]);
    expect(store.get([2])[0]).toMatchObject({ state: "completed", result: "7" });
  });

  it("is no orphan where it only names a worker", () => {
    const [job] = store.get([1]);
    store.commit({ now: NOW, replace: [complete(job as RunningJob, undefined, NOW)] });
    on.damage(1, "worker = 99");
    expect(store.list({ limit: 9, states: ["running"], orphaned: true })).toEqual([]);
  });
});

describe("a buried job", () => {
  it("is buried again when it is retried and nobody has mended it, and its record says so once", () => {
    store.commit({ now: 1_000, add: jobs(1) });
    on.damage(1, "backoff = 'soon'");
    on.claim();
    expect(again()).toEqual(["written"]);
    expect(on.claim()).toEqual([]);
    expect(store.get([1])[0]?.failures).toHaveLength(1);
  });

  it("runs when somebody has mended it", () => {
    store.commit({ now: 1_000, add: jobs(1) });
    on.damage(1, "backoff = 'soon'");
    on.claim();
    on.damage(1, "backoff = NULL");
    expect(on.damaged().count).toBe(0);
    expect(again()).toEqual(["written"]);
    expect(on.claim()).toMatchObject([{ seq: 1, attempt: 1, failures: [{ kind: "damaged" }] }]);
  });

  it("is whole again where only what changes was damaged", () => {
    store.commit({ now: 1_000, add: jobs(1) });
    on.damage(1, `attempt = ${LARGEST}, revision = ${SMALLEST}, run_at = -1`);
    on.claim();
    expect(on.damaged().count).toBe(0);
    expect(again()).toEqual(["written"]);
    expect(on.claim()).toHaveLength(1);
  });

  it("lets go of its unique key", () => {
    const keyed: Partial<NewJob> = { uniqueKey: "k", timeoutMs: 5 };
    store.commit({ now: 1_000, add: [aJob(keyed)] });
    on.damage(1, "timeout_ms = 0");
    on.claim();
    expect(store.commit({ now: 1_000, add: [aJob(keyed)] }).added).toMatchObject([{ added: true }]);
    expect(again()).toMatchObject([{ keyHeldBy: store.get([2])[0]?.id }]);
  });

  it("lets go of a key that a stranger has given away", () => {
    const keyed: Partial<NewJob> = { uniqueKey: "k", uniqueUntil: "pruned" };
    store.commit({ now: 1_000, add: [aJob(keyed)] });
    on.damage(1, "timeout_ms = 0, holds_key = 0");
    store.commit({ now: 1_000, add: [aJob({ ...keyed, runAt: 9_000, ready: false })] });
    expect(on.claim()).toEqual([]);
    expect(on.rowOf(1)).toMatchObject({ state: 4, holds_key: 0 });
  });

  function again() {
    const job = store.get([1])[0] as FinishedJob;
    return store.commit({ now: NOW, replace: [retry(job, NOW)] }).replaced;
  }
});

describe("notes", () => {
  it.each(["log = '['", "log = '5'", "log = '[1]'", "log = printf('%.*c', 5000000, '1')"])(
    "that are damaged are lost, and no more: %s",
    (change) => {
      store.commit({ now: 1_000, add: jobs(2) });
      const [one, two] = on.claim();
      const line = { at: NOW, attempt: 1, line: "hello" };
      const note = (job: Job | undefined) => ({
        seq: job?.seq ?? 0,
        revision: job?.revision ?? 0,
        progress: "1",
        log: [line],
      });
      store.commit({ now: NOW, note: [note(one), note(two)] });
      stranger.exec(`UPDATE turno_notes SET ${change} WHERE seq = 1`);
      const lost = { line: expect.stringContaining("cannot be read") };
      expect(store.notes([1, 2])).toMatchObject([{ log: [lost] }, { progress: "1", log: [line] }]);
      store.commit({ now: NOW, note: [note(one)] });
      expect(store.notes([1])).toMatchObject([{ log: [lost, line] }]);
    },
  );
});

function finishOne(): void {
  store.commit({ now: 1_000, add: jobs(1) });
  const { claimed } = store.commit({ now: 1_000, claim: { worker, limit: 1 } });
  store.commit({ now: 1_000, replace: claimed.map((job) => complete(job, "7", 1_000)) });
}

function big(length: number): string {
  return JSON.stringify("x".repeat(length));
}
