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
import { type DamagedRows, SqliteStore, type Steps } from "@turno/store-sqlite";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { aJob, jobs } from "./a-job.ts";
import { betterSqlitePort } from "./better-sqlite-port.ts";
import { temporaryFile } from "./temporary-file.ts";

const NOW = 5_000;
const LARGEST = "9223372036854775807";
const SMALLEST = "-9223372036854775808";

let store: SqliteStore;
let stranger: Database.Database;
let worker: number;
beforeEach(() => {
  const file = temporaryFile();
  store = new SqliteStore(betterSqlitePort(file));
  stranger = new Database(file);
  onTestFinished(() => {
    store.close();
    stranger.close();
  });
  worker = store.join({ leaseMs: 30_000 });
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
    damage(2, change);
  });

  it("is read as a dead one, whose latest failure says what is wrong", () => {
    const [one, two, three] = store.get([1, 2, 3]);
    expect([one?.state, two?.state, three?.state]).toEqual(["pending", "dead", "pending"]);
    expect(two?.failures.at(-1)).toMatchObject({ kind: "damaged", name: "Damaged" });
    expect(two?.failures.at(-1)?.message).toMatch(reason);
    expect(store.list({ limit: 10 })).toEqual([three, two, one]);
    expect(rowsOf(store.damagedInSteps())).toMatchObject({ count: 1, rows: [{ seq: 2 }] });
    expect(rowsOf(store.damagedInSteps()).rows[0]?.fault).toMatch(reason);
    expect(store.counts()).toBeTypeOf("object");
  });

  it("is stored as dead by the claim that meets it, which takes the others", () => {
    expect(claim().map(({ seq }) => seq)).toEqual([1, 3]);
    expect(rowOf(2)).toMatchObject({ state: 4, ready: null, worker: null, finished_at: NOW });
    expect(store.get([2])[0]).toMatchObject({ state: "dead", finishedAt: NOW });
    expect(store.get([2])[0]?.failures.at(-1)?.message).toMatch(reason);
    expect(store.get([2])[0]?.failures.at(-1)?.at).toBe(NOW);
    expect(claim()).toEqual([]);
  });

  it("is read the same way by its id", () => {
    const job = store.get([2])[0];
    expect(job?.id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{2}0000000002$/,
    );
    claim();
    expect(store.get([2])[0]?.id).toBe(job?.id);
  });
});

describe("what was completed", () => {
  it("stays so, whatever became of its record", () => {
    finishOne();
    damage(1, "backoff = 'soon', finished_at = NULL");
    const [job] = store.get([1]);
    expect(job).toMatchObject({ state: "completed", finishedAt: 1_000 });
    expect(job?.failures).toMatchObject([{ kind: "damaged" }]);
    expect(rowsOf(store.damagedInSteps()).count).toBe(1);
  });

  it("is not run again where somebody says that it is ready", () => {
    finishOne();
    damage(1, "ready = 1");
    expect(claim()).toEqual([]);
    expect(rowOf(1)).toMatchObject({ state: 3, ready: null });
    expect(store.get([1])[0]).toMatchObject({ state: "completed", result: "7" });
  });
});

describe("a claim", () => {
  it("makes dead what is ready, though a worker holds it", () => {
    store.commit({ now: 1_000, add: jobs(3) });
    damage(2, "state = 2, worker = 1, claimed_at = 1, attempt = 1");
    expect(store.get([2])[0]).toMatchObject({ state: "running" });
    expect(claim().map(({ seq }) => seq)).toEqual([1, 3]);
    expect(store.get([2])[0]).toMatchObject({ state: "dead", failures: [{ kind: "damaged" }] });
  });

  it("is not eaten up by damaged rows before the others", () => {
    store.commit({ now: 1_000, add: jobs(1_000) });
    store.commit({ now: 1_000, add: jobs(500) });
    stranger.exec("UPDATE turno_jobs SET max_attempts = 0 WHERE seq <= 1200");
    expect(claim({ limit: 2 }).map(({ seq }) => seq)).toEqual([1_201, 1_202]);
    expect(store.counts()).toMatchObject({ pending: 298, running: 2, dead: 1_200 });
  });

  it("holds the lock for a part of very many", () => {
    for (let count = 0; count < 12; count++) store.commit({ now: 1_000, add: jobs(1_000) });
    stranger.exec("UPDATE turno_jobs SET max_attempts = 0 WHERE seq <= 11990");
    expect(claim({ limit: 2 })).toEqual([]);
    expect(claim({ limit: 2 }).map(({ seq }) => seq)).toEqual([11_991, 11_992]);
  });

  it("of many types takes the others, too", () => {
    const types = Array.from({ length: 20 }, (_, index) => `type ${index}`);
    store.commit({ now: 1_000, add: jobs(60, (index) => ({ type: `type ${index % 20}` })) });
    stranger.exec("UPDATE turno_jobs SET timeout_ms = 0 WHERE seq % 2 = 1");
    expect(claim({ types, limit: 30 })).toHaveLength(30);
    expect(claim({ limit: 30 })).toEqual([]);
    expect(store.counts()).toMatchObject({ running: 30, dead: 30 });
  });

  it("of other types is given no job whose type is empty", () => {
    store.commit({ now: 1_000, add: jobs(3) });
    stranger.exec("UPDATE turno_jobs SET type = '' WHERE seq = 2");
    expect(claim({ types: ["x", "y", "a"] }).map(({ seq }) => seq)).toEqual([1, 3]);
    expect(rowOf(2)).toMatchObject({ state: 0 });
  });

  it("passes over a type that is no text", () => {
    store.commit({ now: 1_000, add: jobs(3) });
    damage(2, "type = CAST(x'eda080' AS TEXT)");
    expect(claim().map(({ seq }) => seq)).toEqual([1, 3]);
    expect(store.list({ limit: 3 })).toHaveLength(3);
  });

  it("ends where a stranger's trigger keeps it from burying", () => {
    store.commit({ now: 1_000, add: jobs(3) });
    damage(1, "timeout_ms = 0");
    stranger.exec(
      "CREATE TRIGGER keep BEFORE UPDATE ON turno_jobs WHEN old.seq = 1 BEGIN SELECT raise(IGNORE); END",
    );
    expect(claim()).toEqual([]);
  });

  it("does its work beside columns and triggers of strangers", () => {
    stranger.exec(`ALTER TABLE turno_jobs ADD COLUMN note TEXT;
      CREATE TABLE audit (seq INTEGER, state INTEGER);
      CREATE TRIGGER audit AFTER UPDATE ON turno_jobs BEGIN INSERT INTO audit VALUES (new.seq, new.state); END`);
    store.commit({ now: 1_000, add: jobs(3) });
    damage(2, "timeout_ms = 0");
    expect(claim().map(({ seq }) => seq)).toEqual([1, 3]);
    expect(stranger.prepare("SELECT count(*) FROM audit WHERE state = 4").pluck().get()).toBe(1);
  });

  it("buries a payload of 50 MB unread, and pages go on", () => {
    store.commit({ now: 1_000, add: [aJob(), aJob({ payload: big(1_000) }), aJob()] });
    stranger.exec("UPDATE turno_payloads SET payload = printf('%.*c', 50000000, '1')");
    expect(store.list({ limit: 3 })[1]).toMatchObject({ state: "dead", payload: "" });
    expect(claim().map(({ seq }) => seq)).toEqual([1, 3]);
    expect(rowOf(2)).toMatchObject({ state: 4 });
  });
});

describe.for(["0", "-5", SMALLEST, "1099511627776", "9007199254740993", LARGEST])(
  "a row with the number %s, which no id can carry",
  (seq) => {
    beforeEach(() => {
      store.commit({ now: 1_000, add: [...jobs(3), ...jobs(9, (at) => ({ type: `t${at}` }))] });
      damage(2, `seq = ${seq}`);
    });

    it("is buried, and is in nobody's way", () => {
      expect(rowsOf(store.damagedInSteps()).rows[0]?.fault).toMatch(/seq is/);
      expect(store.list({ limit: 20 })).toHaveLength(11);
      expect(claim({ limit: 1 }).map(({ seq: one }) => one)).toEqual([1]);
      expect(claim({ limit: 20 })).toHaveLength(10);
      const state = stranger.prepare(`SELECT state FROM turno_jobs WHERE seq = ${seq}`);
      expect(state.pluck().get()).toBe(4);
    });

    it("changes no number of those to come", () => {
      const [alone] = store.commit({ now: 1_000, add: [aJob()] }).added;
      const [large] = store.commit({ now: 1_000, add: [aJob({ payload: big(1_000) })] }).added;
      expect([alone?.id.slice(-10), large?.id.slice(-10)]).toEqual(["000000000d", "000000000e"]);
      expect(store.get([13, 14]).map((job) => job?.id)).toEqual([alone?.id, large?.id]);
    });

    it("keeps the newest job from being pruned, which gives its number", () => {
      const claimed = claim({ limit: 20 });
      store.commit({ now: NOW, replace: claimed.map((job) => complete(job, undefined, NOW)) });
      store.prune({ before: { completed: NOW, dead: NOW }, limit: 20 });
      expect(store.list({ limit: 5 }).map((job) => job.seq)).toEqual([12]);
    });
  },
);

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
    claim();
  });

  it.each(CHANGES)("is not said to be dead while somebody holds it: %s", (change) => {
    damage(2, change);
    const state = change.startsWith("worker") ? "dead" : "running";
    expect(store.get([2])[0]).toMatchObject({ state, failures: [{ kind: "damaged" }] });
    expect(store.beat(worker)).toMatchObject({ known: true });
    expect(store.list({ limit: 3, states: ["running"] }).length).toBeGreaterThanOrEqual(2);
  });

  it.each(CHANGES.filter((change) => !change.startsWith("worker")))(
    "is given up with its worker: %s",
    (change) => {
      damage(2, change);
      store.leave(worker);
      const orphans = store.list({ limit: 9, states: ["running"], orphaned: true });
      const job = orphans.find(({ seq }) => seq === 2) as RunningJob;
      const next = abandon(job, NOW);
      expect(store.commit({ now: NOW, replace: [next] }).replaced).toEqual(["written"]);
      expect(store.commit({ now: NOW, replace: [next] }).replaced).toEqual(["stale"]);
      expect(store.list({ limit: 9, states: ["running"], orphaned: true })).toHaveLength(2);
      expect(rowOf(2)).toMatchObject({ worker: null });
      const kinds = store.get([2])[0]?.failures.map(({ kind }) => kind);
      expect(kinds).toEqual(["damaged", "abandoned"]);
    },
  );

  it(`is buried as an orphan where its worker is none: worker = ${LARGEST}`, () => {
    damage(2, `worker = ${LARGEST}`);
    const orphans = store.list({ limit: 9, states: ["running"], orphaned: true });
    expect(orphans).toMatchObject([{ seq: 2, state: "dead" }]);
    const replace = orphans.map((job) => bury(job, NOW));
    expect(store.commit({ now: NOW, replace }).replaced).toEqual(["written"]);
    expect(rowOf(2)).toMatchObject({ state: 4, worker: null, finished_at: NOW });
  });

  it("may still be completed by who holds it", () => {
    damage(2, "backoff = 'soon'");
    const job = { ...(store.get([1])[0] as RunningJob), seq: 2 };
    expect(store.commit({ now: NOW, replace: [complete(job, "7", NOW)] }).replaced).toEqual([
      "written",
    ]);
    expect(store.get([2])[0]).toMatchObject({ state: "completed", result: "7" });
  });

  it("is no orphan where it only names a worker", () => {
    const [job] = store.get([1]);
    store.commit({ now: NOW, replace: [complete(job as RunningJob, undefined, NOW)] });
    damage(1, "worker = 99");
    expect(store.list({ limit: 9, states: ["running"], orphaned: true })).toEqual([]);
  });
});

describe("a buried job", () => {
  it("is buried again when it is retried and nobody has mended it, and its record says so once", () => {
    store.commit({ now: 1_000, add: jobs(1) });
    damage(1, "backoff = 'soon'");
    claim();
    expect(again()).toEqual(["written"]);
    expect(claim()).toEqual([]);
    expect(store.get([1])[0]?.failures).toHaveLength(1);
  });

  it("runs when somebody has mended it", () => {
    store.commit({ now: 1_000, add: jobs(1) });
    damage(1, "backoff = 'soon'");
    claim();
    damage(1, "backoff = NULL");
    expect(rowsOf(store.damagedInSteps()).count).toBe(0);
    expect(again()).toEqual(["written"]);
    expect(claim()).toMatchObject([{ seq: 1, attempt: 1, failures: [{ kind: "damaged" }] }]);
  });

  it("is whole again where only what changes was damaged", () => {
    store.commit({ now: 1_000, add: jobs(1) });
    damage(1, `attempt = ${LARGEST}, revision = ${SMALLEST}, run_at = -1`);
    claim();
    expect(rowsOf(store.damagedInSteps()).count).toBe(0);
    expect(again()).toEqual(["written"]);
    expect(claim()).toHaveLength(1);
  });

  it("lets go of its unique key", () => {
    const keyed: Partial<NewJob> = { uniqueKey: "k", timeoutMs: 5 };
    store.commit({ now: 1_000, add: [aJob(keyed)] });
    damage(1, "timeout_ms = 0");
    claim();
    expect(store.commit({ now: 1_000, add: [aJob(keyed)] }).added).toMatchObject([{ added: true }]);
    expect(again()).toMatchObject([{ keyHeldBy: store.get([2])[0]?.id }]);
  });

  it("lets go of a key that a stranger has given away", () => {
    const keyed: Partial<NewJob> = { uniqueKey: "k", uniqueUntil: "pruned" };
    store.commit({ now: 1_000, add: [aJob(keyed)] });
    damage(1, "timeout_ms = 0, holds_key = 0");
    store.commit({ now: 1_000, add: [aJob({ ...keyed, runAt: 9_000, ready: false })] });
    expect(claim()).toEqual([]);
    expect(rowOf(1)).toMatchObject({ state: 4, holds_key: 0 });
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
      const [one, two] = claim();
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

describe("the walk that looks for damage", () => {
  it("names 100, counts all, and writes nothing", () => {
    store.commit({ now: 1_000, add: jobs(1_000, (at) => ({ payload: big(at % 600) })) });
    stranger.exec("UPDATE turno_jobs SET unique_until = 7 WHERE seq % 2 = 0");
    const before = stranger.pragma("data_version");
    const { rows, count } = rowsOf(store.damagedInSteps());
    expect([rows.length, count]).toEqual([100, 500]);
    expect(rows[0]).toEqual({ seq: 1_000, type: "a", fault: "its uniqueUntil is 7" });
    expect(stranger.pragma("data_version")).toEqual(before);
  });

  it("finds what nobody meets: no worker, no instant, a key that is held by mistake", () => {
    store.commit({ now: 1_000, add: jobs(5, (at) => ({ uniqueKey: `${at}` })) });
    claim({ limit: 3 });
    damage(1, "worker = NULL");
    damage(2, "claimed_at = NULL");
    damage(3, "state = 3, worker = NULL");
    damage(4, "ready = NULL");
    damage(5, "holds_key = 0");
    expect(rowsOf(store.damagedInSteps()).rows.map(({ fault }) => fault)).toEqual([
      "its holds_key is 0, though it is pending",
      "its ready is missing",
      "its finishedAt is missing",
      "its claimedAt is missing",
      "its worker is missing",
    ]);
  });
});

function damage(seq: number, change: string): void {
  expect(stranger.prepare(`UPDATE turno_jobs SET ${change} WHERE seq = ?`).run(seq).changes).toBe(
    1,
  );
}

function claim({
  limit = 10,
  types,
}: {
  limit?: number;
  types?: readonly string[];
} = {}): readonly RunningJob[] {
  return store.commit({ now: NOW, claim: { worker, limit, types } }).claimed;
}

function finishOne(): void {
  store.commit({ now: 1_000, add: jobs(1) });
  const { claimed } = store.commit({ now: 1_000, claim: { worker, limit: 1 } });
  store.commit({ now: 1_000, replace: claimed.map((job) => complete(job, "7", 1_000)) });
}

function rowOf(seq: number): unknown {
  return stranger.prepare("SELECT * FROM turno_jobs WHERE seq = ?").get(seq);
}

function rowsOf(steps: Steps<DamagedRows>): DamagedRows {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function big(length: number): string {
  return JSON.stringify("x".repeat(length));
}
