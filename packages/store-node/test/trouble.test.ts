import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  StoreBusy,
  StoreClosed,
  StoreCorrupt,
  StoreError,
  StoreFull,
  StoreUnwritable,
} from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { oneJob } from "./a-job.ts";
import { startChild } from "./start-child.ts";
import { temporaryFile } from "./temporary-file.ts";

describe("while somebody else writes", () => {
  it("a write is refused for the moment, and has written nothing", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path, { busyTimeoutMs: 5 });
    const other = new Database(path);
    other.exec("BEGIN IMMEDIATE");
    const error = thrownBy(() => store.commit(oneJob()));
    expect(error).toBeInstanceOf(StoreBusy);
    expect(error).toMatchObject({ transient: true, cause: { code: "SQLITE_BUSY" } });
    other.exec("ROLLBACK");
    expect((await store.counts()).pending).toBe(0);
    expect(store.commit(oneJob()).added).toHaveLength(1);
  });

  it("a claim is refused too before it has read anything", () => {
    const path = temporaryFile();
    const store = openSqliteStore(path, { busyTimeoutMs: 5 });
    const other = new Database(path);
    other.exec("BEGIN IMMEDIATE");
    const claim = { worker: 1, limit: 1 };
    expect(() => store.commit({ now: 1_000, claim })).toThrow(StoreBusy);
    other.exec("ROLLBACK");
    expect(store.commit({ now: 1_000, claim })).toMatchObject({ claimed: [], workerKnown: false });
  });

  it("the event loop is held up once a turn, however many calls there are, and again in the next", async () => {
    const path = temporaryFile();
    const stores = [openSqliteStore(path, { busyTimeoutMs: 100 }), openSqliteStore(path)];
    const other = new Database(path);
    other.exec("BEGIN IMMEDIATE");
    await setImmediate();
    const refusedIn = (calls: number) => {
      const startedAt = performance.now();
      for (let count = 0; count < calls; count++)
        for (const store of stores) {
          expect(() => store.commit(oneJob())).toThrow(StoreBusy);
          expect(() => store.pause({ type: "a", paused: true })).toThrow(StoreBusy);
        }
      return performance.now() - startedAt;
    };
    for (const _ of ["turn", "turn"]) {
      const ms = refusedIn(10);
      // 3,000 if each waited.
      expect(ms).toBeGreaterThan(90);
      expect(ms).toBeLessThan(1_500);
      await setImmediate();
    }
    // Neither does a statement of the caller's wait less.
    const database = new Database(path);
    const handedIn = openSqliteStore(database, { busyTimeoutMs: 20 });
    for (const _ of ["first", "second"]) expect(() => handedIn.commit(oneJob())).toThrow(StoreBusy);
    expect(database.pragma("busy_timeout", { simple: true })).toBe(20);
  });

  it("a Database that was handed in keeps the busy timeout that its owner has given it since", () => {
    const path = temporaryFile();
    const database = new Database(path);
    const store = openSqliteStore(database);
    const other = new Database(path);
    other.exec("BEGIN IMMEDIATE");
    database.pragma("busy_timeout = 7");
    for (const _ of ["patient", "impatient"])
      expect(() => store.commit(oneJob())).toThrow(StoreBusy);
    expect(database.pragma("busy_timeout", { simple: true })).toBe(7);
  });

  it("BEGIN EXCLUSIVE keeps nobody from reading, and locking_mode EXCLUSIVE is granted to nobody", async () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    store.commit(oneJob());
    const other = new Database(path, { timeout: 0 });
    other.exec("BEGIN EXCLUSIVE");
    expect((await store.counts()).pending).toBe(1);
    other.exec("ROLLBACK");
    const owner = new Database(path, { timeout: 0 });
    owner.pragma("locking_mode = EXCLUSIVE");
    expect(() => owner.exec("BEGIN EXCLUSIVE")).toThrow("locked");
    expect(store.commit(oneJob()).added).toHaveLength(1);
  });

  it("eight processes lose no job and see no error", async () => {
    const path = temporaryFile();
    const children = Array.from({ length: 8 }, (_, index) =>
      startChild("write", [path, `t${index}`, "100", "normal"]),
    );
    const stored = await Promise.all(children.map((child) => child.line()));
    expect(stored).toEqual(Array<string>(8).fill("100"));
    expect((await Promise.all(children.map(({ ended }) => ended))).map(({ code }) => code)).toEqual(
      Array(8).fill(0),
    );
    const store = openSqliteStore(path);
    expect((await store.counts()).pending).toBe(800);
    expect(await store.list({ types: ["t7"], limit: 1_000 })).toHaveLength(100);
  }, 60_000);
});

it("a write that fails half-way leaves nothing behind, and the next one counts", async () => {
  const store = openSqliteStore(temporaryFile());
  // Its row can be written, and its payload breaks a rule of the table.
  expect(() => store.commit(oneJob({ payload: Buffer.from("null") as never }))).toThrow();
  expect((await store.counts()).pending).toBe(0);
  expect(store.commit(oneJob()).added).toHaveLength(1);
});

describe("a transaction that the caller has open on a Database that was handed in", () => {
  it("is not joined by the store's own writes", () => {
    const database = new Database(temporaryFile());
    const store = openSqliteStore(database);
    database.exec("BEGIN");
    const error = thrownBy(() => store.commit(oneJob()));
    expect(error).toBeInstanceOf(StoreBusy);
    expect(error).toMatchObject({
      message: expect.stringContaining("a transaction is open on the connection to"),
    });
    expect(() => store.pause({ type: "a", paused: true })).toThrow(StoreBusy);
    database.exec("ROLLBACK");
    expect(store.commit(oneJob()).added).toHaveLength(1);
    expect(store.pause()).toEqual([]);
  });

  it("is a moment's trouble too while its rows are iterated over", () => {
    const database = new Database(temporaryFile());
    const store = openSqliteStore(database);
    const rows = database.prepare("SELECT * FROM turno_meta").iterate();
    rows.next();
    expect(() => store.commit(oneJob())).toThrow(StoreBusy);
    rows.return?.();
    expect(store.commit(oneJob()).added).toHaveLength(1);
  });
});

describe("without room", () => {
  it("a write is refused, and counts again once there is some", () => {
    const database = new Database(temporaryFile());
    const store = openSqliteStore(database);
    database.pragma("max_page_count = 24");
    const big = oneJob({ payload: JSON.stringify("x".repeat(100_000)) });
    const error = thrownBy(() => store.commit(big));
    expect(error).toBeInstanceOf(StoreFull);
    expect(error).toMatchObject({ transient: true, cause: { code: "SQLITE_FULL" } });
    database.pragma("max_page_count = 1000");
    expect(store.commit(big).added).toHaveLength(1);
  });

  it("the limit on a file's size is the same", async () => {
    // 512 blocks of 512 bytes or of a kilobyte, as the shell counts.
    const by = ["sh", "-c", 'ulimit -f 512; exec "$@"', "sh"];
    const child = startChild("fill", [temporaryFile()], { by });
    expect(await child.line()).toMatch(/^StoreFull true .*queue\.db has no room to be written/);
    expect((await child.ended).code).toBe(0);
  });

  it.skipIf(!canMount())("neither is a full disk forgotten when it has room again", async () => {
    const path = temporaryFile();
    mountHere(dirname(path), "size=1m");
    const store = openSqliteStore(path, { durability: "normal" });
    const ballast = `${dirname(path)}/ballast`;
    writeFileSync(ballast, "x".repeat(700_000));
    const big = oneJob({ payload: JSON.stringify("x".repeat(300_000)) });
    expect(thrownBy(() => store.commit(big))).toBeInstanceOf(StoreFull);
    writeFileSync(ballast, "");
    expect(store.commit(big).added).toHaveLength(1);
    expect((await store.counts()).pending).toBe(1);
  });
});

describe("where nothing may be written", () => {
  it.skipIf(!canMount())("on a read-only file system opening is refused", () => {
    const path = temporaryFile();
    mountHere(dirname(path), "size=1m");
    new Database(path).exec("CREATE TABLE a (b)").close();
    mount("-o", "remount,ro", dirname(path));
    expect(thrownBy(() => openSqliteStore(path))).toBeInstanceOf(StoreUnwritable);
    expect(thrownBy(() => openSqliteStore(`${path}.new`))).toBeInstanceOf(StoreUnwritable);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "another user's file is refused with the user's number",
    async () => {
      const path = temporaryFile();
      openSqliteStore(path);
      // Its directory may be entered, but not written.
      chmodSync(dirname(path), 0o755);
      const child = startChild("fill", [path], {
        by: ["setpriv", "--reuid=65534", "--clear-groups"],
      });
      expect(await child.line()).toMatch(
        /^StoreUnwritable false .* cannot be opened or written by user 65534 /,
      );
    },
  );

  it.skipIf(process.getuid?.() !== 0).each([
    ["a file that is read-only", 0o400, 0o700],
    ["a directory that is read-only", 0o600, 0o500],
  ])("%s is refused when it is opened, and left as it is", async (_, ofFile, ofDirectory) => {
    const path = temporaryFile();
    await openSqliteStore(path).close();
    for (const place of [path, dirname(path)]) chownSync(place, 65_534, 65_534);
    chmodSync(path, ofFile);
    chmodSync(dirname(path), ofDirectory);
    const before = readFileSync(path);
    const child = startChild("fill", [path], {
      by: ["setpriv", "--reuid=65534", "--clear-groups"],
    });
    expect(await child.line()).toMatch(
      /^StoreUnwritable false .*queue\.db cannot be opened or written by user 65534 .*; give that user the right to write it, its -wal and -shm beside it, and its directory$/,
    );
    expect((await child.ended).code).toBe(0);
    expect(readFileSync(path)).toEqual(before);
  });
});

describe("damage", () => {
  it("of the tables while they are in use is told", () => {
    const path = temporaryFile();
    const store = openSqliteStore(path);
    new Database(path).exec("DROP TABLE turno_jobs");
    const error = thrownBy(() => store.commit(oneJob()));
    expect(error).toBeInstanceOf(StoreCorrupt);
    expect(error).toMatchObject({
      message: expect.stringContaining("has lost tables or indexes of the queue"),
    });
  });

  it("of an index is told when the file is opened", async () => {
    const path = temporaryFile();
    await openSqliteStore(path).close();
    new Database(path).exec("DROP INDEX turno_jobs_ready").close();
    const error = thrownBy(() => openSqliteStore(path));
    expect(error).toBeInstanceOf(StoreCorrupt);
    expect(error).toMatchObject({ message: expect.stringContaining("or indexes of the queue") });
  });

  it("of the file's pages is told", async () => {
    const path = temporaryFile();
    const first = openSqliteStore(path);
    first.commit({ now: 1_000, add: Array.from({ length: 500 }, () => oneJob().add[0] as never) });
    await first.close();
    const file = openSync(path, "r+");
    ftruncateSync(file, statSync(path).size / 2);
    closeSync(file);
    const listing = async () => openSqliteStore(path).list({ limit: 1_000 });
    await expect(listing()).rejects.toBeInstanceOf(StoreCorrupt);
  });
});

describe("after the end", () => {
  it("every call says that the store is closed, and closing again does nothing", async () => {
    const store = openSqliteStore(temporaryFile());
    await store.close();
    await store.close();
    expect(thrownBy(() => store.commit(oneJob()))).toBeInstanceOf(StoreClosed);
    expect(() => store.workers()).toThrow(StoreClosed);
    expect(() => store.watch?.(() => {})).toThrow(StoreClosed);
    await expect(store.join({ leaseMs: 1 })).rejects.toThrow(StoreClosed);
  });

  it("so do they where the Database that was handed in was closed", async () => {
    const database = new Database(temporaryFile());
    const store = openSqliteStore(database);
    database.close();
    await expect(store.counts()).rejects.toBeInstanceOf(StoreClosed);
    expect(thrownBy(() => store.commit(oneJob()))).toBeInstanceOf(StoreClosed);
  });
});

function thrownBy(work: () => unknown): StoreError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

function canMount(): boolean {
  return process.platform === "linux" && run("unshare", "-m", "true").status === 0;
}

function mountHere(directory: string, options: string): void {
  mount("-t", "tmpfs", "-o", options, "tmpfs", directory);
  onTestFinished(() => void run("umount", "-l", directory));
}

function mount(...args: string[]): void {
  const { status, stderr } = run("mount", ...args);
  if (status !== 0) throw new Error(stderr);
}

function run(command: string, ...args: string[]) {
  return spawnSync(command, args, { encoding: "utf8" });
}
