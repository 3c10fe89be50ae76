import { cancel, complete, fail, type RunningJob } from "@turno/core";
import { expect } from "vitest";
import { type Bench, START } from "../bench.ts";
import type { Examples } from "./example.ts";

const LAST = 8.64e15;
const ALL_STATES = { completed: LAST, dead: LAST, cancelled: LAST };

export const pruning: Examples = {
  "what finished at an instant may go from that instant on": async (bench) => {
    const [one = 0, two = 0] = await finished(bench, START, START + 1);
    await bench.add({});
    const prune = { before: { completed: START }, limit: 10 };
    expect(await bench.store.prune(prune)).toBe(1);
    expect(await bench.store.prune(prune)).toBe(0);
    expect(await bench.store.get([one, two])).toMatchObject([undefined, { state: "completed" }]);
  },

  "each finished state has an instant of its own, and without one is kept": async (bench) => {
    const worker = await bench.join();
    const held = [] as RunningJob[];
    for (let count = 0; count < 3; count++) held.push(await bench.running(worker));
    const [a, b, c] = held as [RunningJob, RunningJob, RunningJob];
    await bench.replace(
      complete(a, undefined, START),
      fail(b, { kind: "error", thrown: "oops", fatal: true }, START),
      cancel(c, START),
    );
    await bench.add({});
    const { store } = bench;
    expect(await store.prune({ before: {}, limit: 10 })).toBe(0);
    expect(await store.prune({ before: { completed: START - 1, dead: START }, limit: 10 })).toBe(1);
    expect(await store.counts()).toMatchObject({ completed: 1, dead: 0, cancelled: 1 });
    expect(await store.prune({ before: { cancelled: START + 1 }, limit: 10 })).toBe(1);
    expect(await store.counts()).toMatchObject({ completed: 1, dead: 0, cancelled: 0 });
  },

  "what is not finished is never pruned": async (bench) => {
    const worker = await bench.join();
    const one = await bench.running(worker);
    const two = await bench.running(worker);
    await bench.replace(fail(two, { kind: "error", thrown: "oops" }, START));
    await bench.add({ runAt: START - 1_000 }, {});
    expect(await bench.store.prune({ before: ALL_STATES, limit: 10 })).toBe(0);
    expect(await bench.find(one.seq)).toEqual(one);
    expect(await bench.store.counts()).toMatchObject({ running: 1, failed: 1, pending: 2 });
  },

  "no more than the limit is deleted at once, and as much as may go": async (bench) => {
    await finished(bench, ...Array.from({ length: 7 }, () => START));
    await bench.add({});
    const { store } = bench;
    const prune = { before: { completed: START, cancelled: START }, limit: 3 };
    expect(await store.prune(prune)).toBe(3);
    expect(await store.counts()).toMatchObject({ completed: 4 });
    expect(await store.prune(prune)).toBe(3);
    expect(await store.prune(prune)).toBe(1);
    expect(await store.prune(prune)).toBe(0);
  },

  "the limit is for all states together": async (bench) => {
    const worker = await bench.join();
    for (let count = 0; count < 3; count++) {
      const [one, two] = [await bench.running(worker), await bench.running(worker)];
      await bench.replace(complete(one, undefined, START), cancel(two, START));
    }
    await bench.add({});
    expect(await bench.store.prune({ before: ALL_STATES, limit: 4 })).toBe(4);
    expect((await bench.all()).length).toBe(3);
  },

  "the newest job is never pruned, so no row number is given twice": async (bench) => {
    const seqs = await finished(bench, START, START, START);
    expect(await bench.store.prune({ before: { completed: START }, limit: 10 })).toBe(2);
    expect((await bench.all()).map(({ seq }) => seq)).toEqual(seqs.slice(-1));
    const [next = 0] = await bench.add({});
    expect(seqs).not.toContain(next);
    expect(next).toBeGreaterThan(Math.max(...seqs));
    expect(await bench.store.prune({ before: { completed: START }, limit: 10 })).toBe(1);
  },

  "a pruned job is gone from every answer": async (bench) => {
    const [seq = 0] = await finished(bench, START);
    await bench.add({});
    await bench.store.prune({ before: { completed: START }, limit: 10 });
    expect(await bench.store.get([seq])).toEqual([undefined]);
    expect((await bench.all()).map((job) => job.seq)).not.toContain(seq);
    expect(await bench.store.counts()).toMatchObject({ completed: 0, pending: 1 });
  },
};

/** Adds jobs and completes each at the instant given for it. */
async function finished(bench: Bench, ...instants: readonly number[]): Promise<number[]> {
  const worker = await bench.join();
  const seqs: number[] = [];
  for (const instant of instants) {
    const held = await bench.running(worker);
    await bench.replace(complete(held, '"done"', instant));
    seqs.push(held.seq);
  }
  return seqs;
}
