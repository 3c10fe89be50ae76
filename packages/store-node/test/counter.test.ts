import { once } from "node:events";
import { existsSync, renameSync, rmSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { type Counts, StoreClosed, StoreReplaced } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { countSql, SqliteStore } from "@turno/store-sqlite";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CallersConnection } from "../src/callers-connection.ts";
import { Counter } from "../src/counter/counter.ts";
import { OpenedFile } from "../src/file/opened-file.ts";
import { oneJob } from "./a-job.ts";
import { temporaryFile } from "./temporary-file.ts";

const FEW = 600;
const MANY = 60_000;

let threads: Worker[];
const onThread = (thread: Worker) => threads.push(thread);
beforeEach(() => {
  threads = [];
  process.on("worker", onThread);
});
afterEach(() => void process.off("worker", onThread));

it("few jobs are counted at once", async () => {
  const { store } = open(FEW);
  expect(await countWithTurns(store)).toEqual({ counts: countsOf(FEW), turns: 0 });
  expect(threads).toHaveLength(0);
  await store.close();
});

it("very many are counted in a thread, while the event loop goes on", async () => {
  const { store, path } = open(MANY);
  const { counts, turns } = await countWithTurns(store);
  expect(counts).toEqual(countsOf(MANY));
  expect(turns).toBeGreaterThan(0);
  expect(await store.counts()).toEqual(counts);
  expect(threads).toHaveLength(1);
  await store.close();
  // Nobody has left it open.
  expect(existsSync(`${path}-wal`)).toBe(false);
});

it("very many in memory are counted all the same", async () => {
  const database = new Database(":memory:");
  const store = openSqliteStore(database);
  fill(database, MANY);
  expect(await store.counts()).toEqual(countsOf(MANY));
  expect(threads).toHaveLength(0);
});

it("what was committed before it was asked for is in a count, also where another is under way", async () => {
  const { store } = open(MANY);
  const { pending } = await store.counts();
  const counting = [];
  for (let committed = 1; committed <= 50; committed++) {
    counting.push(store.counts());
    await setImmediate();
    store.commit(oneJob());
    const found = store.counts().then((counts) => counts.pending - pending);
    counting.push(found.then((added) => expect(added).toBeGreaterThanOrEqual(committed)));
  }
  await Promise.all(counting);
  await store.close();
});

it("a count that is under way when the store is closed says so, and has let go of the file", async () => {
  const { store, path } = open(MANY);
  const counting = [store.counts(), store.counts()].map((each) =>
    expect(each).rejects.toThrow(StoreClosed),
  );
  await store.close();
  await Promise.all(counting);
  expect(existsSync(`${path}-wal`)).toBe(false);
  await expect(store.counts()).rejects.toThrow(/is closed/);
});

it.each<[string, (path: string) => void]>([
  ["deleted", (path) => rmSync(path)],
  ["moved away", (path) => renameSync(path, `${path}.old`)],
])(
  "a file that was %s is noticed by the count, and from then on by every call",
  async (_, lose) => {
    const { store, path } = open(MANY);
    await store.counts();
    lose(path);
    await expect(store.counts()).rejects.toThrow(StoreReplaced);
    expect(() => store.pause()).toThrow(StoreReplaced);
    await store.close();
  },
);

it("what the thread cannot read is read by the store's own connection", async () => {
  const path = temporaryFile();
  const database = new Database(path);
  database.pragma("locking_mode = EXCLUSIVE");
  const store = openSqliteStore(database);
  fill(database, MANY);
  expect(await store.counts()).toEqual(countsOf(MANY));
  expect(threads).toHaveLength(1);
  await store.close();
  database.close();
});

it("where the thread ends by itself, this one counts", async () => {
  const { store } = open(MANY);
  const started = once(process, "worker");
  const counting = [store.counts(), store.counts()];
  const [thread] = await started;
  await thread.terminate();
  for (const counts of await Promise.all(counting)) expect(counts).toEqual(countsOf(MANY));
  expect(await countWithTurns(store)).toEqual({ counts: countsOf(MANY), turns: 0 });
  expect(threads).toHaveLength(1);
  await store.close();
});

it("the thread ends when there is nothing to count, and another is started when there is", async () => {
  const { store, path } = open(MANY);
  const database = new Database(path);
  const tables = new SqliteStore(new CallersConnection(database, path));
  const options = { tables, file: new OpenedFile(path), sql: countSql("turno_"), idleMs: 0 };
  const counter = new Counter(options);
  for (const started of [1, 2]) {
    expect(await counter.counts()).toEqual(countsOf(MANY));
    expect(threads).toHaveLength(started);
    const thread = threads.at(-1);
    thread?.ref();
    if (thread !== undefined) await once(thread, "exit");
  }
  await counter.close();
  database.close();
  await store.close();
});

function open(jobs: number) {
  const path = temporaryFile();
  const store = openSqliteStore(path, { durability: "normal" });
  const database = new Database(path);
  fill(database, jobs);
  database.close();
  return { store, path };
}

/** Jobs of all states in turn. */
function fill(database: Database.Database, jobs: number): void {
  database.exec(`INSERT INTO turno_jobs (seq, state, ready, type, priority, run_at, attempt, max_attempts, revision,
      created_at, worker, finished_at, unique_until, holds_key)
    WITH RECURSIVE numbers (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM numbers WHERE seq < ${jobs})
    SELECT seq, seq % 6, CASE WHEN seq % 6 < 2 THEN seq / 6 % 2 END, 'a', 0, 0, 1, 25, 3, 0,
      CASE WHEN seq % 6 = 2 THEN 1 END, CASE WHEN seq % 6 > 2 THEN 1 END, 0, 0 FROM numbers`);
}

function countsOf(jobs: number): Counts {
  const each = jobs / 6;
  return {
    pending: each,
    failed: each,
    running: each,
    completed: each,
    dead: each,
    cancelled: each,
  };
}

/** A count, and how often the event loop went on until it was there. */
async function countWithTurns(store: { counts(): Promise<Counts> }) {
  let turns = 0;
  const turning = setInterval(() => turns++, 0);
  const counts = await store.counts();
  clearInterval(turning);
  return { counts, turns };
}
