import { abandon, cancel, complete, type RunningJob } from "@turno/core";
import { expect } from "vitest";
import type { Bench } from "../bench.ts";
import type { Examples } from "./example.ts";

export const workers: Examples = {
  "a worker that joins is known with its lease": async (bench) => {
    expect(await bench.store.workers()).toEqual([]);
    const one = await bench.join(30_000);
    const two = await bench.join(1);
    const known = (await bench.store.workers()).toSorted((a, b) => a.id - b.id);
    expect(known).toEqual([
      { id: one, leaseMs: 30_000, beat: expect.any(Number), gone: false },
      { id: two, leaseMs: 1, beat: expect.any(Number), gone: false },
    ]);
  },

  "no worker gets a number that another had before": async (bench) => {
    const seen = [await bench.join(), await bench.join(), await bench.join()];
    for (const worker of seen) await bench.store.leave(worker);
    seen.push(await bench.join(), await bench.join());
    expect(new Set(seen).size).toBe(5);
  },

  "a beat rises, and that of others does not": async (bench) => {
    const [one, two] = [await bench.join(), await bench.join()];
    const before = { one: await beatOf(bench, one), two: await beatOf(bench, two) };
    await bench.store.beat(one);
    const after = await beatOf(bench, one);
    expect(after).toBeGreaterThan(before.one);
    await bench.store.beat(one);
    expect(await beatOf(bench, one)).toBeGreaterThan(after);
    expect(await beatOf(bench, two)).toBe(before.two);
  },

  "a claim is no beat": async (bench) => {
    const worker = await bench.join();
    const before = await beatOf(bench, worker);
    await bench.add({});
    await bench.claim(worker);
    expect(await beatOf(bench, worker)).toBe(before);
  },

  "a beat answers with what the worker holds, at its revision": async (bench) => {
    const [one, two] = [await bench.join(), await bench.join()];
    expect(await bench.store.beat(one)).toEqual({ known: true, holds: [] });
    const a = await bench.running(one);
    const b = await bench.running(one);
    const c = await bench.running(one);
    await bench.running(two);
    await bench.replace(complete(a, undefined, bench.now), cancel(b, bench.now));
    const { known, holds } = await bench.store.beat(one);
    expect(known).toBe(true);
    expect(holds).toEqual([{ seq: c.seq, revision: c.revision }]);
  },

  "a worker that was given up is not known any more, and a beat does not bring it back": async (
    bench,
  ) => {
    const worker = await bench.join();
    await bench.running(worker);
    expect(await bench.store.leave(worker)).toBe(true);
    expect(await bench.store.beat(worker)).toEqual({ known: false, holds: [] });
    expect(await bench.store.beat(worker)).toEqual({ known: false, holds: [] });
    expect(await bench.store.workers()).toEqual([]);
  },

  "a worker leaves once": async (bench) => {
    const [one, two] = [await bench.join(), await bench.join()];
    expect(await bench.store.leave(one)).toBe(true);
    expect(await bench.store.leave(one)).toBe(false);
    expect(await bench.store.leave(one, 0)).toBe(false);
    expect((await bench.store.workers()).map(({ id }) => id)).toEqual([two]);
  },

  "a worker that has beaten since is not given up": async (bench) => {
    const worker = await bench.join();
    const seen = await beatOf(bench, worker);
    await bench.store.beat(worker);
    expect(await bench.store.leave(worker, seen)).toBe(false);
    expect((await bench.store.workers()).map(({ id }) => id)).toEqual([worker]);
    expect(await bench.store.beat(worker)).toMatchObject({ known: true });
    expect(await bench.store.leave(worker, await beatOf(bench, worker))).toBe(true);
    expect(await bench.store.workers()).toEqual([]);
  },

  "a worker that leaves leaves its jobs orphaned, and changes nothing of them": async (bench) => {
    const [one, two] = [await bench.join(), await bench.join()];
    const orphan = await bench.running(one);
    const done = await bench.running(one);
    await bench.replace(complete(done, undefined, bench.now));
    const kept = await bench.running(two);
    expect(await bench.store.list({ orphaned: true, limit: 10 })).toEqual([]);
    await bench.store.leave(one);
    expect(await bench.store.list({ orphaned: true, limit: 10 })).toEqual([orphan]);
    expect(await bench.find(kept.seq)).toEqual(kept);
  },

  "an orphan is not claimed before somebody has failed it": async (bench) => {
    const [one, two] = [await bench.join(), await bench.join()];
    const orphan = await bench.running(one);
    await bench.store.leave(one);
    expect(await bench.claim(two)).toEqual([]);
    const [found] = (await bench.store.list({ orphaned: true, limit: 1 })) as RunningJob[];
    expect(await bench.replace(abandon(found ?? orphan, bench.now))).toEqual(["written"]);
    expect(await bench.claimedSeqs(two)).toEqual([orphan.seq]);
    expect(await bench.replace(complete(orphan, undefined, bench.now))).toEqual(["stale"]);
  },

  "a worker that left late still settles what nobody has taken from it": async (bench) => {
    const worker = await bench.join();
    const held = await bench.running(worker);
    await bench.store.leave(worker);
    expect(await bench.replace(complete(held, undefined, bench.now))).toEqual(["written"]);
  },
};

async function beatOf(bench: Bench, worker: number): Promise<number> {
  const found = (await bench.store.workers()).find(({ id }) => id === worker);
  if (found === undefined) throw new Error(`the worker ${worker} is not known`);
  return found.beat;
}
