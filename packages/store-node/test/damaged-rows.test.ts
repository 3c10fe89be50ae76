import { defineJobs, json, Queue, StoreCorrupt } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { temporaryFile } from "./temporary-file.ts";

const jobs = defineJobs({
  a: { payload: json<number | string>(), result: json<string>() },
});

/** Beats come three to a lease, and a stranger's doing shows after two of them. */
const LEASE_MS = 600;
const PATIENCE = { timeout: 20_000, interval: 20 };

let queue: Queue<typeof jobs>;
let stranger: Database.Database;
beforeEach(() => {
  const file = temporaryFile();
  queue = new Queue({ store: openSqliteStore(file), jobs });
  stranger = new Database(file, { timeout: 5_000 });
  onTestFinished(async () => {
    await queue.close();
    stranger.close();
  });
});

describe("a worker on a file that a stranger has written into", () => {
  it.each([
    "state = 99",
    "backoff = '['",
    "max_attempts = 0",
    "revision = 9007199254740993",
    "payload = NULL",
    "payload = printf('%.*c', 50000000, '1')",
    "created_at = 9223372036854775807",
  ])("does the other jobs, and the damaged one ends dead: %s", async (change) => {
    const ids = await enqueue(3);
    stranger.exec(`UPDATE turno_jobs SET ${change} WHERE seq = 2`);
    const errors = work();
    expect(await Promise.all([queue.result(ids[0]), queue.result(ids[2])])).toEqual(["1", "3"]);
    await vi.waitFor(async () => {
      const { jobs: all } = await queue.list();
      expect(all.map(({ state }) => state)).toEqual(["completed", "dead", "completed"]);
      expect(all[1]?.failures).toMatchObject([{ kind: "damaged" }]);
      expect(await queue.get(all[1]?.id ?? "")).toEqual(all[1]);
    }, PATIENCE);
    expect(await queue.counts()).toMatchObject({ completed: 2, dead: 1, pending: 0 });
    expect(errors).toEqual([]);
  });

  it.each(["'no JSON'", "''", "'1' || char(0)", "CAST(x'22eda08022' AS TEXT) || '['"])(
    "buries a job whose payload is no JSON, and says so: %s",
    async (payload) => {
      const [id] = await enqueue(1);
      stranger.exec(`UPDATE turno_jobs SET payload = ${payload}`);
      expect(await queue.get(id)).toMatchObject({ state: "pending", payload: undefined });
      work();
      const result = queue.result(id);
      await expect(result).rejects.toThrow(/is not JSON: somebody has changed it/);
      await expect(result).rejects.toMatchObject({ code: "JobDead" });
    },
  );

  it("is given what is JSON, whatever it was before", async () => {
    const [id] = await enqueue(1);
    stranger.exec(`UPDATE turno_jobs SET payload = '"\\ud800\\u0000"'`);
    work();
    expect(await queue.result(id)).toBe("\ud800\0");
  });

  it("leaves the result of a job alone that is no JSON: who asks for it is told", async () => {
    const [id] = await enqueue(1);
    work();
    await queue.result(id);
    stranger.exec("UPDATE turno_jobs SET result = 'no JSON'");
    await expect(queue.result(id)).rejects.toThrow(StoreCorrupt);
    expect(await queue.get(id)).toMatchObject({ state: "completed", result: undefined });
  });

  it("leaves jobs alone whose type nobody knows", async () => {
    const ids = await enqueue(2);
    stranger.exec("UPDATE turno_jobs SET type = 'unknown' WHERE seq = 1");
    work();
    expect(await queue.result(ids[1])).toBe("2");
    expect(await queue.get(ids[0])).toMatchObject({ state: "pending", type: "unknown" });
  });

  it("buries what an unknown worker holds", async () => {
    const ids = await enqueue(2);
    stranger.exec(
      "UPDATE turno_jobs SET state = 2, ready = NULL, worker = 999, backoff = '[' WHERE seq = 1",
    );
    work();
    await expect(queue.result(ids[0])).rejects.toMatchObject({ code: "JobDead" });
    expect(rowOf(1)).toMatchObject({ state: 4, worker: null });
    expect(await queue.result(ids[1])).toBe("2");
  });
});

describe("a job that a worker holds", () => {
  it.each(["1", "-7", "9007199254740993"])(
    "runs again where its revision was made %s, so that nobody could settle it",
    async (revision) => {
      await enqueue(1);
      const { runs, release } = workSlowly();
      await vi.waitFor(() => expect(runs()).toBe(1), PATIENCE);
      stranger.exec(`UPDATE turno_jobs SET revision = ${revision}`);
      release();
      await vi.waitFor(() => expect(rowOf(1)).toMatchObject({ state: 3 }), PATIENCE);
      expect(runs()).toBe(2);
    },
  );

  it("is completed where that could still be written", async () => {
    const [id] = await enqueue(1);
    const { runs, release } = workSlowly();
    await vi.waitFor(() => expect(runs()).toBe(1), PATIENCE);
    stranger.exec("UPDATE turno_jobs SET backoff = '[', attempt = 99");
    release();
    expect(await queue.result(id)).toBe("done");
  });
});

async function enqueue(count: number) {
  const items = Array.from({ length: count }, (_, at) => ({ type: "a", payload: at + 1 }) as const);
  const added = await queue.enqueueMany(items);
  return added.map(({ id }) => id) as [string, string, string];
}

/** Answers with the errors that the worker tells of. */
function work(): unknown[] {
  const errors: unknown[] = [];
  const worker = queue.work({ a: (job) => String(job.payload) }, { leaseMs: LEASE_MS });
  worker.on("error", ({ error }) => errors.push(error));
  return errors;
}

/** The first run ends when it is released. */
function workSlowly() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let runs = 0;
  const handler = async () => {
    if (++runs === 1) await promise;
    return "done";
  };
  queue.work({ a: handler }, { leaseMs: LEASE_MS, pollMs: 100 });
  return { runs: () => runs, release: resolve };
}

function rowOf(seq: number): unknown {
  return stranger.prepare("SELECT * FROM turno_jobs WHERE seq = ?").get(seq);
}
