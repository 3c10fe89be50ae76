import { spawnSync } from "node:child_process";
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { describe, expect, it, vi } from "vitest";
import { temporaryFile } from "./temporary-file.ts";

// Whole queues are drained here, perhaps beside much else.
vi.setConfig({ testTimeout: 60_000 });

/** For so long a copy's workers wait for those that had the original's jobs. */
const LEASE_MS = 200;

/** As docs/operations.md gives them. */
const WAYS = {
  "VACUUM INTO": async (live: Database.Database, copy: string) => {
    live.prepare("VACUUM INTO ?").run(copy);
  },
  "backup() in one step": async (live: Database.Database, copy: string) => {
    await live.backup(copy, { progress: () => 0x7fffffff });
  },
};

describe.each(Object.entries(WAYS))("a backup of a live queue by %s", (_, backUp) => {
  it("has every job that was acknowledged before, and drains as a queue", async () => {
    const path = temporaryFile();
    const copy = `${path}.backup`;
    const queue = new Queue({ store: openSqliteStore(path) });
    const load = startLoad(queue);
    await load.until(200);

    const before = new Set(load.acknowledged);
    const live = new Database(path);
    await backUp(live, copy);
    live.close();
    const after = load.acknowledged.size;
    await load.until(after + 50);
    await load.stop();
    await queue.close();

    expect(new Database(copy).pragma("integrity_check", { simple: true })).toBe("ok");
    const restored = new Queue({ store: openSqliteStore(copy) });
    const finished = await drain(restored);
    for (const id of before) expect(finished.has(id)).toBe(true);
    // What was enqueued later is not in it.
    expect(finished.size).toBeLessThan(load.acknowledged.size);
    await restored.close();
  });

  it("is a database of the queue's, in WAL mode once it is open, with a directory of its own", async () => {
    const path = temporaryFile();
    const queue = new Queue({ store: openSqliteStore(path) });
    const { id } = await queue.enqueue("a", { n: 1 }, { uniqueKey: "one" });
    const copy = `${path}.backup`;
    const live = new Database(path);
    await backUp(live, copy);
    live.close();
    await queue.close();

    const database = new Database(copy);
    expect(database.pragma("application_id", { simple: true })).toBe(0x54_72_6e_6f);
    const restored = new Queue({ store: openSqliteStore(copy) });
    expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
    database.close();
    // Ids and unique keys are those of the original.
    expect(await restored.get(id)).toMatchObject({ id, payload: { n: 1 } });
    expect(await restored.enqueue("a", {}, { uniqueKey: "one" })).toEqual({ id, added: false });
    await drain(restored);
    expect(existsSync(`${copy}-turno`)).toBe(true);
    await restored.close();
  });

  it("in the place of the original runs again what was completed or running since", async () => {
    const path = temporaryFile();
    const runs: string[] = [];
    const queue = new Queue({ store: openSqliteStore(path) });
    const { id } = await queue.enqueue("a", "waiting");
    const held = await queue.enqueue("a", "running");
    const started = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    const worker = queue.work(
      {
        a: async ({ payload }) => {
          runs.push(String(payload));
          if (payload !== "running") return;
          started.resolve();
          await done.promise;
        },
      },
      { leaseMs: LEASE_MS },
    );
    await started.promise;
    const copy = `${path}.backup`;
    const live = new Database(path);
    await backUp(live, copy);
    live.close();
    done.resolve();
    await queue.result(held.id);
    const lost = await queue.enqueue("b", null);
    await worker.stop();
    await queue.close();

    // As docs/operations.md says: all are stopped, and the log of the old file is gone with it.
    for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
    renameSync(copy, path);
    const restored = new Queue({ store: openSqliteStore(path) });
    const again = restored.work({ a: ({ payload }) => void runs.push(String(payload)) });
    await restored.result(held.id);
    expect(runs.filter((it) => it === "running")).toHaveLength(2);
    expect((await restored.get(held.id))?.attempt).toBe(2);
    expect((await restored.get(id))?.state).toBe("completed");
    expect(await restored.get(lost.id)).toBeUndefined();
    await again.stop();
    await restored.close();
  });
});

describe("what is no backup", () => {
  it("a copy of the open file lacks what is in its log", async () => {
    const path = temporaryFile();
    const queue = new Queue({ store: openSqliteStore(path) });
    for (let n = 0; n < 20; n++) await queue.enqueue("a", n);
    // By another process: in this one the copy would also drop SQLite's locks on the file.
    spawnSync("cp", [path, `${path}.copy`]);
    const copied = new Queue({ store: openSqliteStore(`${path}.copy`) });
    expect((await queue.counts()).pending).toBe(20);
    expect((await copied.counts()).pending).toBe(0);
    await Promise.all([queue.close(), copied.close()]);
  });

  it("a backup beside the log of the old file is not what is read", async () => {
    const path = temporaryFile();
    const queue = new Queue({ store: openSqliteStore(path) });
    for (let n = 0; n < 10; n++) await queue.enqueue("a", n);
    const backup = `${path}.backup`;
    const live = new Database(path);
    live.prepare("VACUUM INTO ?").run(backup);
    live.close();
    for (let n = 0; n < 10; n++) await queue.enqueue("a", n);
    spawnSync("cp", [`${path}-wal`, `${backup}-wal`]);
    await queue.close();
    expect(countIn(backup)).not.toBe(10);
  });

  it("backup() in small steps begins anew with each write of another connection", async () => {
    const path = temporaryFile();
    const queue = new Queue({ store: openSqliteStore(path) });
    await queue.enqueueMany(
      Array.from({ length: 100 }, () => ({ type: "a", payload: "x".repeat(20_000) })),
    );
    const live = new Database(path);
    const left: number[] = [];
    const stepped = live.backup(`${path}.backup`, {
      progress: ({ remainingPages }) => {
        left.push(remainingPages);
        const steps = left.length;
        if (steps === 3) new Database(path).exec("CREATE TABLE a_write (a)").close();
        return steps < 5 ? 10 : 0x7fffffff;
      },
    });
    await stepped;
    live.close();
    expect(left[3]).toBeGreaterThanOrEqual(left[2] ?? 0);
    await queue.close();
  });
});

it("a backup is as readable as the umask allows, whatever the mode of the original", async () => {
  const path = temporaryFile();
  const queue = new Queue({ store: openSqliteStore(path) });
  await queue.enqueue("a", null);
  const program =
    'process.umask(0o077); new (require("better-sqlite3"))(process.argv[1]).prepare("VACUUM INTO ?").run(process.argv[2])';
  const copy = `${path}.backup`;
  const { status } = spawnSync(process.execPath, ["-e", program, path, copy], {
    cwd: import.meta.dirname,
  });
  expect(status).toBe(0);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  await queue.close();
});

/** Enqueues and completes jobs without a pause, and notes what was acknowledged. */
function startLoad(queue: Queue) {
  const acknowledged = new Set<string>();
  let going = true;
  const worker = queue.work({ a: () => {} }, { leaseMs: LEASE_MS });
  const enqueuing = (async () => {
    while (going) acknowledged.add((await queue.enqueue("a", acknowledged.size)).id);
  })();
  return {
    acknowledged,
    async until(size: number) {
      while (acknowledged.size < size) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    async stop() {
      going = false;
      await enqueuing;
      await worker.stop();
    },
  };
}

/** Works until nothing is left to do; gives the ids of all that is finished. */
async function drain(queue: Queue): Promise<ReadonlySet<string>> {
  const worker = queue.work({ a: () => {} }, { leaseMs: LEASE_MS });
  for (;;) {
    const { pending, running, failed } = await queue.counts();
    if (pending + running + failed === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await worker.stop();
  const ids = new Set<string>();
  let after: string | undefined;
  do {
    const page = await queue.list({ states: ["completed"], limit: 1_000, after });
    for (const { id } of page.jobs) ids.add(id);
    after = page.next;
  } while (after !== undefined);
  return ids;
}

function countIn(path: string): unknown {
  try {
    const database = new Database(path);
    return database.prepare("SELECT count(*) FROM turno_jobs").pluck().get();
  } catch (error) {
    return error;
  }
}
