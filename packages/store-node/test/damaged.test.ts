import { execFileSync } from "node:child_process";
import { existsSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreClosed, StoreCorrupt, StoreReplaced, StoreUnwritable } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { OpenedFile } from "../src/file/opened-file.ts";
import { oneJob } from "./a-job.ts";
import { startChild } from "./start-child.ts";
import { temporaryFile } from "./temporary-file.ts";

/** By a process of its own: to open and close the file here would drop SQLite's locks on it. */
function overwrite(path: string, from: number, bytes: number): void {
  const program = `const fs = require("node:fs"); const f = fs.openSync(process.argv[1], "r+");
    fs.writeSync(f, Buffer.alloc(${bytes}, 0xa5), 0, ${bytes}, ${from});`;
  execFileSync(process.execPath, ["-e", program, path]);
}

/** A queue of several hundred jobs that are all in the database, and whose store has seen how large that is. */
function filled() {
  const path = temporaryFile();
  const store = openSqliteStore(path);
  for (let count = 0; count < 5; count++)
    store.commit({ now: 1_000, add: Array.from({ length: 200 }, () => oneJob().add[0] as never) });
  const other = new Database(path);
  other.pragma("wal_checkpoint(TRUNCATE)");
  other.close();
  store.commit(oneJob());
  return { path, store };
}

describe("a file that is damaged while it is open", () => {
  it("is written no more once it was emptied, though SQLite would write it anew", () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    store.commit(oneJob());
    const other = new Database(path);
    other.prepare("SELECT * FROM turno_meta").all();
    truncateSync(path);
    expect(() => store.commit(oneJob())).toThrow(StoreCorrupt);
    other.pragma("wal_checkpoint");
    expect(statSync(path).size).toBeGreaterThan(0);
    expect(() => store.commit(oneJob())).toThrow(/was emptied while it was open/);
  });

  it("is refused where it was cut off, though all that is used lies in the cache", () => {
    const { path, store } = filled();
    store.commit(oneJob());
    truncateSync(path, statSync(path).size / 2);
    expect(() => store.commit(oneJob())).toThrow(/was cut off while it was open, .*backup/);
    expect(() => store.commit(oneJob())).toThrow(StoreCorrupt);
  });

  it("is read in a thread where it is large, and refused from then on", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path, { durability: "normal" });
    const large = oneJob({ payload: JSON.stringify("x".repeat(1_000_000)) });
    for (let count = 0; count < 70; count++) store.commit(large);
    const other = new Database(path);
    other.pragma("wal_checkpoint(TRUNCATE)");
    other.close();
    store.commit(oneJob());
    truncateSync(path, 40 * 1024 * 1024);
    // It is acknowledged, for it is in the log.
    expect(store.commit(oneJob()).added).toHaveLength(1);
    await expect
      .poll(() => thrownBy(() => store.commit(oneJob())), { timeout: 20_000, interval: 100 })
      .toMatchObject({ code: "StoreCorrupt", message: /was cut off while it was open/ });
    await store.close();
  });

  it("is not taken for one that was vacuumed", () => {
    const { path, store } = filled();
    const other = new Database(path);
    other.exec("DELETE FROM turno_jobs WHERE seq < 900; VACUUM");
    other.pragma("wal_checkpoint(TRUNCATE)");
    expect(store.commit(oneJob()).added).toHaveLength(1);
    for (let count = 0; count < 300; count++) store.commit(oneJob());
    expect(store.commit(oneJob()).added).toHaveLength(1);
  });

  it("is not taken for one that was cut off, when it was vacuumed and rows of others break their own rules", () => {
    const { path, store } = filled();
    const other = new Database(path);
    other.exec(
      "CREATE TABLE theirs (value CHECK (value > 0)); PRAGMA ignore_check_constraints = 1",
    );
    other.exec("INSERT INTO theirs VALUES (-1); DELETE FROM turno_jobs WHERE seq < 900; VACUUM");
    other.pragma("wal_checkpoint(TRUNCATE)");
    // So that the log has pages that the file has not: then all are read.
    other.exec("INSERT INTO theirs VALUES (zeroblob(100000))");
    expect(store.commit(oneJob()).added).toHaveLength(1);
    expect(store.commit(oneJob()).added).toHaveLength(1);
  });

  it("is looked at again where somebody was in the way when it was cut off", () => {
    const path = temporaryFile();
    writeFileSync(path, "x".repeat(8_192));
    const file = new OpenedFile(path);
    const answers = ["SQLITE_BUSY", "SQLITE_CORRUPT"];
    const readAfresh = (how: "a little" | "all") => {
      if (how === "all") throw Object.assign(new Error("no"), { code: answers.shift() });
    };
    const readAside = async () => {};
    file.takeCare({ isOpen: () => true, emptyLog: () => false, readAfresh, readAside });
    truncateSync(path, 4_096);
    file.check();
    expect(() => file.check()).toThrow(/was cut off while it was open/);
  });

  it("is refused where its first bytes are others, though its first page lies in the cache", async () => {
    const { path, store } = filled();
    overwrite(path, 0, 100);
    await expect
      .poll(() => thrownBy(() => store.commit(oneJob())), { timeout: 10_000, interval: 200 })
      .toBeInstanceOf(StoreCorrupt);
    expect(() => store.commit(oneJob())).toThrow(/backup/);
  });

  it("is written no more once the heart has found damage", async () => {
    const { path, store } = filled();
    const worker = await store.join({ leaseMs: 30_000 });
    overwrite(path, 0, 8 * 4_096);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    store.heart?.(worker, { everyMs: 5, onReply: () => {}, onError: resolve });
    expect(await promise).toBeInstanceOf(StoreCorrupt);
    expect(() => store.commit(oneJob())).toThrow(StoreCorrupt);
    await store.close();
  });
});

/** Longer than commits go on before one looks for the log again. */
const LOOKED_FOR_MS = 20;

describe("a log that is deleted while it is open", () => {
  it("is saved into the database with all that was acknowledged, and nothing more is", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    for (let count = 0; count < 10; count++) store.commit(oneJob());
    rmSync(`${path}-wal`);
    await sleep(LOOKED_FOR_MS);
    // It is in the file, so that it counts.
    expect(store.commit(oneJob()).added).toHaveLength(1);
    expect(() => store.commit(oneJob())).toThrow(StoreReplaced);
    await expect(store.counts()).rejects.toThrow(
      /queue\.db-wal or .*queue\.db-shm was deleted or replaced while it was open: what was in it is now in .*start them anew/,
    );
    expect(jobsIn(path)).toBe(11);
  });

  it("is saved by whoever's heart notices first", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    const worker = await store.join({ leaseMs: 30_000 });
    store.commit(oneJob());
    const { promise, resolve } = Promise.withResolvers<unknown>();
    store.heart?.(worker, { everyMs: 5, onReply: () => {}, onError: resolve });
    rmSync(`${path}-wal`);
    expect(await promise).toBeInstanceOf(StoreReplaced);
    expect(jobsIn(path)).toBe(1);
    await store.close();
  });

  it("is saved too where its index was deleted, with which others would find no locks", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    const worker = await store.join({ leaseMs: 30_000 });
    store.commit(oneJob());
    const { promise, resolve } = Promise.withResolvers<unknown>();
    store.heart?.(worker, { everyMs: 5, onReply: () => {}, onError: resolve });
    rmSync(`${path}-shm`);
    expect(await promise).toBeInstanceOf(StoreReplaced);
    expect(() => store.commit(oneJob())).toThrow(/queue\.db-shm was deleted or replaced/);
    expect(jobsIn(path)).toBe(1);
    await store.close();
  });

  it("harms nobody who opens the file anew before the others have closed it", async () => {
    const path = temporaryFile();
    const old = startChild("write", [path, "a", "50", "normal"]);
    expect(await old.line()).toBe("50");
    const store = openSqliteStore(path);
    store.commit(oneJob());
    rmSync(`${path}-wal`);
    await sleep(LOOKED_FOR_MS);
    expect(store.commit(oneJob()).added).toHaveLength(1);
    // In a process of its own, which begins another log.
    const next = startChild("write", [path, "b", "50", "normal"]);
    expect(await next.line()).toBe("50");
    expect(() => store.commit(oneJob())).toThrow(StoreReplaced);
    await store.close();
    await Promise.all([old.ended, next.ended]);
    const database = new Database(path);
    expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
    const row = database.prepare<[], { n: number }>("SELECT count(*) AS n FROM turno_jobs").get();
    expect(row?.n).toBe(102);
    database.close();
  });

  it("is not mixed with another that somebody has begun", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    store.commit(oneJob());
    rmSync(`${path}-wal`);
    writeFileSync(`${path}-wal`, "");
    await sleep(LOOKED_FOR_MS);
    const before = statSync(path).size;
    expect(() => store.commit(oneJob())).toThrow(/what was in it may be lost unless/);
    expect(statSync(path).size).toBe(before);
  });
});

it("a log that is gone because the Database that was handed in was closed is not told of as lost", async () => {
  const database = new Database(temporaryFile());
  const store = openSqliteStore(database);
  const worker = await store.join({ leaseMs: 30_000 });
  database.close();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  store.heart?.(worker, { everyMs: 5, onReply: () => {}, onError: resolve });
  expect(await promise).toBeInstanceOf(StoreClosed);
  expect(() => store.commit(oneJob())).toThrow(StoreClosed);
  await store.close();
});

it("a log without its database is not thrown away by a new one", async () => {
  const path = temporaryFile();
  const store = openSqliteStore(path);
  store.commit(oneJob());
  rmSync(path);
  expect(thrownBy(() => openSqliteStore(path))).toMatchObject({
    code: "StoreCorrupt",
    message: expect.stringContaining("put the database back beside it"),
  });
  expect(existsSync(path)).toBe(false);
  await store.close();
});

it("a file that nobody may write is no full disk", ({ skip }) => {
  const path = temporaryFile();
  skip(!canMakeImmutable(`${path}.probe`), "chattr +i needs root");
  const store = openSqliteStore(path);
  store.commit(oneJob());
  execFileSync("chattr", ["+i", path, `${path}-wal`]);
  const allow = () => execFileSync("chattr", ["-i", path, `${path}-wal`]);
  onTestFinished(() => void allow());
  expect(thrownBy(() => store.commit(oneJob()))).toBeInstanceOf(StoreUnwritable);
  allow();
  expect(store.commit(oneJob()).added).toHaveLength(1);
});

function jobsIn(path: string): number {
  // A copy, without the log: what is in the file itself.
  execFileSync("cp", [path, `${path}.copy`]);
  const database = new Database(`${path}.copy`);
  const row = database.prepare<[], { n: number }>("SELECT count(*) AS n FROM turno_jobs").get();
  database.close();
  return row?.n ?? 0;
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

function canMakeImmutable(path: string): boolean {
  writeFileSync(path, "");
  try {
    execFileSync("chattr", ["+i", path], { stdio: "ignore" });
    execFileSync("chattr", ["-i", path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
