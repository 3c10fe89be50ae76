import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { complete, retry } from "@turno/core";
import { openSqliteStore, type SqliteNodeStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { oneJob } from "./a-job.ts";
import { startChild } from "./start-child.ts";
import { temporaryFile } from "./temporary-file.ts";

let path: string;
let store: SqliteNodeStore;
beforeEach(() => {
  path = temporaryFile();
  store = openSqliteStore(path);
});

describe("who watches a queue", () => {
  it("is woken by another process that adds a job", async () => {
    const woken = vi.fn();
    using _ = store.watch?.(woken);
    startChild("write", [path, "a", "1"]);
    await vi.waitFor(() => expect(woken).toHaveBeenCalled(), 5_000);
    expect((await store.counts()).pending).toBe(1);
  });

  it("is woken by another store of the same process, but not by its own", async () => {
    const woken = vi.fn();
    using _ = store.watch?.(woken);
    store.commit(oneJob());
    await sleep(50);
    expect(woken).not.toHaveBeenCalled();
    openSqliteStore(path).commit(oneJob());
    await vi.waitFor(() => expect(woken).toHaveBeenCalled());
  });

  it("is woken by a write within a caller's transaction, and by one just before its store closes", async () => {
    const woken = vi.fn();
    using _ = store.watch?.(woken);
    const database = new Database(path);
    const other = openSqliteStore(path);
    database.transaction(() => other.within(database).commit(oneJob()))();
    await vi.waitFor(() => expect(woken).toHaveBeenCalled());
    await sleep(20);
    woken.mockClear();
    other.commit(oneJob());
    await other.close();
    await vi.waitFor(() => expect(woken).toHaveBeenCalled());
  });

  it("is woken by what finishes only if it watches for that, and then by nothing else", async () => {
    const [ready, finished] = [vi.fn(), vi.fn()];
    const other = openSqliteStore(path);
    other.commit(oneJob());
    const worker = await other.join({ leaseMs: 30_000 });
    const now = Date.now();
    using _ = store.watch?.(ready);
    using __ = store.watch?.(finished, "finished");
    const [job] = other.commit({ now, claim: { worker, limit: 1 } }).claimed;
    other.commit({ now, replace: [complete(job!, undefined, now)] });
    await vi.waitFor(() => expect(finished).toHaveBeenCalled());
    await sleep(20);
    expect(ready).not.toHaveBeenCalled();
    finished.mockClear();
    other.commit(oneJob());
    await vi.waitFor(() => expect(ready).toHaveBeenCalled());
    await sleep(20);
    expect(finished).not.toHaveBeenCalled();
  });

  it("is woken by a job that somebody else makes ready", async () => {
    store.commit(oneJob({ runAt: 5_000, ready: false }));
    const woken = vi.fn();
    using _ = store.watch?.(woken);
    const other = openSqliteStore(path);
    const [job] = other.get([1]);
    if (job?.state !== "pending") expect.unreachable();
    other.commit({ now: 1_000, replace: [retry(job, 1_000)] });
    await vi.waitFor(() => expect(woken).toHaveBeenCalled());
  });

  it("is woken a few times, not once a job", async () => {
    const woken = vi.fn();
    using _ = store.watch?.(woken);
    const other = openSqliteStore(path, { durability: "normal" });
    const startedAt = performance.now();
    for (let count = 0; count < 500; count++) {
      other.commit(oneJob());
      if (count % 5 === 0) await new Promise(setImmediate);
    }
    const ms = performance.now() - startedAt;
    await sleep(20);
    expect(woken.mock.calls.length).toBeGreaterThan(0);
    expect(woken.mock.calls.length).toBeLessThan(2 * ms + 5);
  });

  it("is not woken by another queue of the same database, nor once it has stopped", async () => {
    const woken = vi.fn();
    const watching = store.watch?.(woken);
    openSqliteStore(path, { table: "mail_" }).commit(oneJob());
    await sleep(30);
    watching?.[Symbol.dispose]();
    openSqliteStore(path).commit(oneJob());
    await sleep(30);
    expect(woken).not.toHaveBeenCalled();
    expect(readdirSync(`${path}-turno`)).toEqual([]);
  });

  it("is still woken after another has come, who takes the bells of the dead down", async () => {
    const woken = vi.fn();
    using _ = store.watch?.(woken);
    const dead = startChild("watch", [path]);
    await dead.line();
    dead.kill("SIGKILL");
    await dead.ended;
    const other = openSqliteStore(path);
    using __ = other.watch?.(() => {});
    await vi.waitFor(() => expect(readdirSync(`${path}-turno`)).toHaveLength(2));
    await sleep(20);
    woken.mockClear();
    other.commit(oneJob());
    await vi.waitFor(() => expect(woken).toHaveBeenCalled());
  });
});

it("nothing lies beside a database that only producers use", () => {
  store.commit(oneJob());
  expect(existsSync(`${path}-turno`)).toBe(false);
});
