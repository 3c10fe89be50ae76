import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { defineJobs, json, LogHeld, Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { LogKeeper } from "../src/log/log-keeper.ts";
import { OpenedFile } from "../src/file/opened-file.ts";
import { temporaryFile } from "./temporary-file.ts";

const LIMIT_BYTES = 64 * 1024 * 1024;
const KILOBYTES = 100;

const jobs = defineJobs({ mail: { payload: json<number>() } });

it("who keeps a snapshot open is told of once, and the log is cut back when that has ended", async () => {
  const path = temporaryFile();
  const queue = new Queue({ store: openSqliteStore(path), jobs });
  onTestFinished(() => queue.close());
  const worker = queue.work({ mail: () => {} });
  const told: unknown[] = [];
  worker.on("error", ({ error }) => told.push(error));
  const logSize = () => statSync(`${path}-wal`).size;
  for (const times of [1, 2]) {
    const reader = new Database(path);
    reader.exec("BEGIN");
    reader.prepare("SELECT * FROM turno_jobs").all();
    fillLog(path);
    await until(() => told.length === times);
    const error = told.at(-1);
    expect(error).toBeInstanceOf(LogHeld);
    expect(error).toMatchObject({ code: "LogHeld", transient: true });
    const since = new Date(
      /kept a transaction open since (\S+) or earlier/.exec(String(error))?.[1] ?? "",
    );
    expect(Date.now() - since.getTime()).toBeLessThan(60_000);
    expect(String(error)).toContain(`${path}-wal has grown to `);
    expect(String(error)).toContain(`lsof ${path}`);
    // Work goes on, and nobody is told again.
    expect((await queue.enqueue("mail", times)).added).toBe(true);
    await sleep(1_500);
    expect(told).toHaveLength(times);
    expect(logSize()).toBeGreaterThan(LIMIT_BYTES);
    reader.close();
    await until(() => logSize() <= LIMIT_BYTES);
    // It looks once a second, and has to notice that before another holds the log.
    await sleep(3_000);
  }
  expect((await queue.counts()).completed).toBe(2);
}, 120_000);

it("a log that nobody holds is cut back without a word, though nobody writes any more", async () => {
  const path = temporaryFile();
  const queue = new Queue({ store: openSqliteStore(path), jobs });
  onTestFinished(() => queue.close());
  const worker = queue.work({ mail: () => {} });
  const told: unknown[] = [];
  worker.on("error", ({ error }) => told.push(error));
  fillLog(path);
  await until(() => statSync(`${path}-wal`).size <= LIMIT_BYTES);
  await sleep(1_500);
  expect(told).toEqual([]);
}, 60_000);

it("no connection of the store copies a long log at a commit while the thread is at it, and each does so again after", async () => {
  const path = temporaryFile();
  const store = openSqliteStore(path);
  const database = new Database(path);
  const reader = new Database(path);
  reader.exec("BEGIN");
  reader.prepare("SELECT * FROM turno_jobs").all();
  fillLog(path);
  const log = new LogKeeper({ file: new OpenedFile(path), database, onHeld: () => {} });
  log.look();
  const pages = () => database.pragma("wal_autocheckpoint", { simple: true });
  expect(pages()).toBe(0);
  reader.close();
  await until(() => pages() === 1_000);
  expect(statSync(`${path}-wal`).size).toBeLessThanOrEqual(LIMIT_BYTES);
  await log.close();
  database.close();
  await store.close();
}, 60_000);

/** Makes the log longer than its limit, as another program with tables in the same file may. */
function fillLog(path: string): void {
  const database = new Database(path);
  database.pragma("wal_autocheckpoint = 0");
  database.exec("CREATE TABLE IF NOT EXISTS ballast (id INTEGER PRIMARY KEY, bytes BLOB)");
  const write = database.prepare("INSERT OR REPLACE INTO ballast VALUES (1, randomblob(?))");
  for (let left = LIMIT_BYTES * 1.1; left > 0; left -= KILOBYTES * 1024)
    write.run(KILOBYTES * 1024);
  database.close();
}

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 30_000, interval: 100 }).toBe(true);
}
