import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type BeatReply, StoreClosed } from "@turno/core";
import { openSqliteStore, type SqliteNodeStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startChild } from "./start-child.ts";
import { temporaryFile } from "./temporary-file.ts";

let path: string;
let store: SqliteNodeStore;
beforeEach(() => {
  path = temporaryFile();
  store = openSqliteStore(path);
});
afterEach(() => store.close());

describe("a worker of another process", () => {
  it("is gone as soon as it was killed", async () => {
    const child = startChild("beat", [path]);
    const id = Number(await child.line());
    expect(record(id)?.gone).toBe(false);
    child.kill("SIGKILL");
    await child.ended;
    expect(record(id)?.gone).toBe(true);
  });

  it("is not gone while it is stopped, though it does not beat", async () => {
    const child = startChild("beat", [path]);
    const id = Number(await child.line());
    child.kill("SIGSTOP");
    await sleep(100);
    const before = record(id);
    await sleep(200);
    expect(record(id)).toEqual({ ...before, gone: false });
    child.kill("SIGCONT");
    await vi.waitFor(() => expect(record(id)?.beat).toBeGreaterThan(before?.beat ?? 0));
  });

  it("lets its process exit in the middle of its beats", async () => {
    const child = startChild("beat", [path, "1"]);
    const id = Number(await child.line());
    await vi.waitFor(() => expect(record(id)?.beat).toBeGreaterThan(3));
    child.tell("exit");
    expect(await child.ended).toEqual({ code: 0, signal: null, stderr: "" });
    expect(record(id)?.gone).toBe(true);
  });

  it("does not keep its process alive", async () => {
    const child = startChild("beat", [path, "5"]);
    await child.line();
    child.tell("nothing more");
    expect(await child.ended).toEqual({ code: 0, signal: null, stderr: "" });
  });
});

describe("a heart", () => {
  it("beats on while the main thread is blocked for ten leases", async () => {
    const id = await store.join({ leaseMs: 150 });
    store.heart?.(id, { everyMs: 50, ...silent });
    const looker = startChild("look", [path]);
    expect(await looker.line()).toBe(JSON.stringify([{ id, gone: false }]));
    block(1_500);
    expect(record(id)?.beat).toBeGreaterThan(20);
  });

  it("tells what the worker holds, and that it is not known any more", async () => {
    const id = await store.join({ leaseMs: 30_000 });
    const replies: BeatReply[] = [];
    store.heart?.(id, { ...silent, everyMs: 5, onReply: (reply) => replies.push(reply) });
    await vi.waitFor(() => expect(replies.at(-1)).toEqual({ known: true, holds: [] }));
    openSqliteStore(path).leave(id);
    await vi.waitFor(() => expect(replies.at(-1)).toEqual({ known: false, holds: [] }));
    await vi.waitFor(() => expect(locks()).toEqual([]));
  });

  it("waits while somebody else writes, and reports nothing", async () => {
    const id = await store.join({ leaseMs: 30_000 });
    const errors: unknown[] = [];
    store.heart?.(id, { ...silent, everyMs: 5, onError: (error) => errors.push(error) });
    const other = new Database(path);
    await vi.waitFor(() => other.exec("BEGIN IMMEDIATE"));
    await sleep(300);
    const { beat = 0 } = record(id) ?? {};
    other.exec("COMMIT");
    await vi.waitFor(() => expect(record(id)?.beat).toBeGreaterThan(beat + 2));
    expect(errors).toEqual([]);
  });

  it("reports that it cannot beat, and goes on when it can", async () => {
    const id = await store.join({ leaseMs: 30_000 });
    const errors: unknown[] = [];
    store.heart?.(id, { ...silent, everyMs: 5, onError: (error) => errors.push(error) });
    const other = new Database(path);
    other.exec("ALTER TABLE turno_workers RENAME TO turno_away");
    await vi.waitFor(() => expect(errors.at(-1)).toMatchObject({ code: "StoreCorrupt" }));
    other.exec("ALTER TABLE turno_away RENAME TO turno_workers");
    const { beat = 0 } = record(id) ?? {};
    await vi.waitFor(() => expect(record(id)?.beat).toBeGreaterThan(beat));
  });

  it("does not beat on tables of a newer version, and says so", async () => {
    const id = await store.join({ leaseMs: 30_000 });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    new Database(path).exec("UPDATE turno_meta SET value = 99 WHERE key = 'schema'");
    store.heart?.(id, { ...silent, everyMs: 5, onError: resolve });
    expect(await promise).toMatchObject({ code: "StoreNewer" });
    expect(record(id)?.beat).toBe(0);
  });

  it("is silent once it is stopped", async () => {
    const id = await store.join({ leaseMs: 30_000 });
    const heart = store.heart?.(id, { ...silent, everyMs: 5 });
    await vi.waitFor(() => expect(record(id)?.beat).toBeGreaterThan(2));
    await heart?.stop();
    await sleep(20);
    const before = record(id);
    await sleep(50);
    expect(record(id)).toEqual(before);
  });

  it("beats again after its thread has died", async () => {
    const orders = vi.spyOn(Worker.prototype, "postMessage");
    const id = await store.join({ leaseMs: 30_000 });
    const { promise, resolve } = Promise.withResolvers<unknown>();
    store.heart?.(id, { ...silent, everyMs: 5, onError: resolve });
    await (orders.mock.contexts[0] as Worker).terminate();
    expect(await promise).toMatchObject({ code: "StoreUnsupported" });
    const { beat = 0 } = record(id) ?? {};
    await vi.waitFor(() => expect(record(id)?.beat).toBeGreaterThan(beat + 3), 5_000);
    expect(openSqliteStore(path).workers()).toMatchObject([{ id, gone: false }]);
    orders.mockRestore();
  });

  it("belongs to a worker that joined by the same store", () => {
    expect(() => store.heart?.(7, { ...silent, everyMs: 5 })).toThrow(TypeError);
  });
});

describe("a heart whose worker's handler is too late", () => {
  it("falls silent and gives its lock up while the main thread does not answer, and comes back with it", async () => {
    const id = await store.join({ leaseMs: 30_000 });
    const heart = store.heart?.(id, { ...silent, everyMs: 20 });
    const looker = startChild("look", [path]);
    expect(await looker.line()).toBe(JSON.stringify([{ id, gone: false }]));
    await sleep(50);
    heart?.silenceIn(100);
    const { beat: before = 0 } = record(id) ?? {};
    block(1_000);
    const { beat: after = 0 } = record(id) ?? {};
    expect(after - before).toBeLessThan(15);
    expect(await looker.line()).toBe(JSON.stringify([{ id, gone: true }]));
    expect(await looker.line()).toBe(JSON.stringify([{ id, gone: false }]));
    await vi.waitFor(() => expect(record(id)?.beat).toBeGreaterThan(after));
  });

  it("beats on while the main thread answers, or is not late after all", async () => {
    const id = await store.join({ leaseMs: 30_000 });
    const heart = store.heart?.(id, { ...silent, everyMs: 10 });
    heart?.silenceIn(0);
    await sleep(150);
    expect(record(id)?.beat).toBeGreaterThan(5);
    heart?.silenceIn(undefined);
    const { beat: before = 0 } = record(id) ?? {};
    block(300);
    expect((record(id)?.beat ?? 0) - before).toBeGreaterThan(15);
  });
});

it("a worker that joins while the store is closed is refused", async () => {
  const joining = store.join({ leaseMs: 30_000 });
  const closing = store.close();
  await expect(joining).rejects.toThrow(StoreClosed);
  await closing;
});

describe("the locks", () => {
  it("go with the workers that leave, and stay, free, where they do not", async () => {
    const [one, two] = [
      await store.join({ leaseMs: 30_000 }),
      await store.join({ leaseMs: 30_000 }),
    ];
    expect(locks()).toHaveLength(2);
    store.leave(one);
    await vi.waitFor(() => expect(locks()).toHaveLength(1));
    await store.close();
    expect(locks()).toHaveLength(1);
    const other = openSqliteStore(path);
    expect(other.workers()).toMatchObject([{ id: two, gone: true }]);
    other.leave(two);
    expect(locks()).toHaveLength(1);
    makeOld();
    openSqliteStore(path);
    expect(locks()).toEqual([]);
  });

  it("are not deleted while they are held, or known", async () => {
    const child = startChild("beat", [path, "60000"]);
    const id = Number(await child.line());
    makeOld();
    new Database(path).exec("DELETE FROM turno_workers");
    openSqliteStore(path);
    expect(locks()).toHaveLength(1);
    new Database(path)
      .prepare("INSERT INTO turno_workers VALUES (?, 0, 30000, ?)")
      .run(id, locks()[0]);
    child.kill("SIGKILL");
    await child.ended;
    openSqliteStore(path);
    expect(locks()).toHaveLength(1);
  });

  it("that are missing prove nothing, and a sign cannot lead elsewhere", () => {
    const insert = new Database(path).prepare(
      "INSERT INTO turno_workers (beat, lease_ms, sign) VALUES (0, 1, ?)",
    );
    insert.run("turno_00000000-0000-0000-0000-000000000000.lock");
    insert.run("../queue.db");
    expect(store.workers().map(({ gone }) => gone)).toEqual([false, false]);
  });
});

const silent = { onReply: () => {}, onError: () => {} };

function record(id: number) {
  return store.workers().find((worker) => worker.id === id);
}

function locks(): string[] {
  return readdirSync(`${path}-turno`);
}

function makeOld(): void {
  const longAgo = new Date(Date.now() - 3_600_000);
  for (const name of locks()) utimesSync(join(`${path}-turno`, name), longAgo, longAgo);
}

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
