import { cancel, complete } from "@turno/core";
import { expect } from "vitest";
import { Bench } from "../bench.ts";
import type { Examples, OpenAnother } from "./example.ts";

/** What holds between two connections to the same data. */
export const connections: Examples<OpenAnother> = {
  "a second connection sees the same jobs, under the same salt": async (bench, openSecond) => {
    await bench.add({ uniqueKey: "k" }, { runAt: bench.now + 1 });
    const second = new Bench(await openSecond());
    expect(second.store.salt).toBe(bench.store.salt);
    expect(await second.all()).toEqual(await bench.all());
    await second.add({ payload: '"of the second"' });
    expect(await bench.all()).toEqual(await second.all());
    expect((await bench.all()).length).toBe(3);
  },

  "what one connection has claimed is not handed out by the other": async (bench, openSecond) => {
    const second = new Bench(await openSecond());
    const [one, two] = [await bench.join(), await second.join()];
    expect(one).not.toBe(two);
    const seqs = await bench.add({}, {}, {});
    expect(await bench.claimedSeqs(one, { limit: 1 })).toEqual(seqs.slice(0, 1));
    expect(await second.claimedSeqs(two)).toEqual(seqs.slice(1));
    expect(await bench.claim(one)).toEqual([]);
  },

  "what one connection has written makes the other's copy stale": async (bench, openSecond) => {
    const second = new Bench(await openSecond());
    const held = await bench.running(await bench.join());
    expect(await second.replace(cancel(held, bench.now))).toEqual(["written"]);
    expect(await bench.replace(complete(held, undefined, bench.now))).toEqual(["stale"]);
  },

  "keys and pauses are those of the data, not of the connection": async (bench, openSecond) => {
    const second = new Bench(await openSecond());
    const worker = await second.join();
    const seqs = await bench.add({ uniqueKey: "k" });
    expect(await second.add({ uniqueKey: "k" })).toEqual(seqs);
    await bench.store.pause({ type: "mail", paused: true });
    expect(await second.claim(worker)).toEqual([]);
    expect(await second.store.pause({ type: "mail", paused: false })).toEqual([]);
    expect(await bench.store.pause()).toEqual([]);
  },

  "a worker can be given up through the other connection": async (bench, openSecond) => {
    const second = new Bench(await openSecond());
    const worker = await bench.join();
    const held = await bench.running(worker);
    expect((await second.store.workers()).map(({ id }) => id)).toEqual([worker]);
    expect(await second.store.leave(worker)).toBe(true);
    expect(await bench.store.beat(worker)).toEqual({ known: false, holds: [] });
    expect(await bench.store.list({ orphaned: true, limit: 1 })).toEqual([held]);
  },
};

/** What holds when a store is opened again. */
export const reopening: Examples<OpenAnother> = {
  "all that was stored is there when the store is opened again": async (bench, reopen) => {
    const worker = await bench.join();
    const held = await bench.running(worker, { payload: '"🎟️"' });
    await bench.replace(complete(held, '"done"', bench.now));
    await bench.running(worker);
    await bench.add({ uniqueKey: "k", runAt: bench.now + 9, backoff: { baseMs: 3 } });
    await bench.store.pause({ type: "mail", paused: true });
    const { salt } = bench.store;
    const before = await bench.all();
    const again = new Bench(await reopen());
    expect(again.store.salt).toBe(salt);
    expect(await again.all()).toEqual(before);
    expect(await again.store.pause()).toEqual(["mail"]);
    expect(await again.store.nextDueAt()).toBe(bench.now + 9);
    expect(await again.add({ uniqueKey: "k" })).toEqual([before[0]?.seq]);
  },

  "numbers go on where they were when the store is opened again": async (bench, reopen) => {
    const workers = [await bench.join(), await bench.join()];
    const seqs = await bench.add({}, {});
    for (const worker of workers) await bench.store.leave(worker);
    const again = new Bench(await reopen());
    expect(workers).not.toContain(await again.join());
    const [next = 0] = await again.add({});
    expect(next).toBeGreaterThan(Math.max(...seqs));
  },
};
