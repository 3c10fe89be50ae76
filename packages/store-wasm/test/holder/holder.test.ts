import { type Committed, type RunningJob, StoreFull } from "@turno/core";
import { type MemoryDisk, memoryDisk, MemoryPersistence } from "@turno/store-wasm";
import { describe, expect, it } from "vitest";
import type { Call } from "../../src/holder/call.ts";
import { aJob } from "../a-job.ts";
import { aHolder } from "./a-holder.ts";
import { GatedPersistence } from "./gated-persistence.ts";

const NOW = 1_000;

/** A call of a page, with its number. */
function call(number: number, method: Call["method"], ...args: readonly unknown[]): Call {
  return { caller: "page", call: number, done: number, method, args };
}

const adding = { now: NOW, add: [aJob()] };

describe("a call that comes twice", () => {
  it("is done once, also while the first is under way", async () => {
    const { holder, counts } = await aHolder(new MemoryPersistence());
    const calls = [1, 1, 1].map(() => holder.take(call(1, "commit", adding), "tab"));
    const [first, ...others] = await Promise.all(calls);
    for (const other of others) expect(other).toEqual(first);
    expect(await counts()).toMatchObject({ pending: 1 });
  });

  it("is refused again if it was refused, though it could be done by now", async () => {
    let isRefused = true;
    const persistence = new MemoryPersistence();
    const append = persistence.append.bind(persistence);
    persistence.append = (group) => {
      if (isRefused) throw new Error("refused");
      append(group);
    };
    isRefused = false;
    const { holder, counts } = await aHolder(persistence);
    isRefused = true;
    const again = () => holder.take(call(1, "commit", adding), "tab");
    await expect(again()).rejects.toThrow("refused");
    isRefused = false;
    await expect(again()).rejects.toThrow("refused");
    expect(await counts()).toMatchObject({ pending: 0 });
  });

  it.each<[string, Call]>([
    ["adds", call(1, "commit", adding)],
    ["joins", call(1, "join", { leaseMs: 30_000 })],
    ["pauses", call(1, "pause", { type: "a", paused: true })],
    ["prunes", call(1, "prune", { before: { completed: NOW }, limit: 1 })],
    ["leaves", call(1, "leave", 7)],
  ])("has the same answer from the next holder: one that %s", async (_, twice) => {
    const disk = memoryDisk();
    const first = await aHolder(new MemoryPersistence(disk));
    const answer = await first.holder.take(twice, "tab");
    const second = await aHolder(new MemoryPersistence(disk));
    expect(await second.holder.take(twice, "tab")).toEqual(answer);
    expect(await second.counts()).toMatchObject({ pending: twice.method === "commit" ? 1 : 0 });
    expect(await second.call("workers")).toHaveLength(twice.method === "join" ? 1 : 0);
  });
});

describe("a claim whose answer was lost with its holder", () => {
  it("is answered by the next with the jobs that are still as they were started", async () => {
    const disk = memoryDisk();
    const first = await aHolder(new MemoryPersistence(disk));
    await first.add(aJob(), aJob(), aJob());
    const worker = await first.call("join", { leaseMs: 30_000 });
    const claim = {
      ...call(9, "commit", { now: NOW, claim: { worker, limit: 3 } }),
      caller: "other",
    };
    const { claimed } = (await first.holder.take(claim, "tab")) as Committed;
    const [one, two, three] = claimed as [RunningJob, RunningJob, RunningJob];
    const cancelled = { ...two, state: "cancelled", revision: two.revision + 1, finishedAt: NOW };
    await first.call("commit", { now: NOW, replace: [cancelled] });
    const second = await aHolder(new MemoryPersistence(disk));
    expect(((await second.holder.take(claim, "tab")) as Committed).claimed).toEqual([one, three]);
  });
});

describe("a call that changes nothing", () => {
  it("writes nothing: a claim that finds no job, and whatever else", async () => {
    const persistence = new GatedPersistence();
    const { call: ask, add } = await aHolder(persistence);
    const worker = await ask("join", { leaseMs: 30_000 });
    await add(aJob());
    persistence.asked.length = 0;
    await ask("commit", { now: NOW, claim: { worker, limit: 1, types: ["other"] } });
    await ask("leave", 99);
    await ask("pause", { type: "a", paused: false });
    await ask("prune", { before: { completed: NOW }, limit: 5 });
    expect(persistence.asked).toEqual([]);
    await ask("commit", { now: NOW, claim: { worker, limit: 1 } });
    expect(persistence.asked).toEqual(["append"]);
  });
});

describe("answers", () => {
  /** The numbers of the calls whose answers are stored. */
  function kept({ log }: MemoryDisk): unknown[] {
    const rows = new Map<unknown, unknown>();
    for (const [table, key, row] of log.flat())
      if (table === "turno_calls") rows.set(key, row?.[2]);
    return [...rows.values()].filter((call) => call !== undefined);
  }

  it("are kept until the page has them", async () => {
    const disk = memoryDisk();
    const { holder } = await aHolder(new MemoryPersistence(disk));
    for (let number = 1; number <= 5; number++)
      await holder.take(call(number, "commit", adding), "tab");
    expect(kept(disk)).toEqual([5]);
    await holder.take({ ...call(7, "commit", adding), done: 5 }, "tab");
    expect(kept(disk)).toEqual([5, 7]);
  });

  it("are kept for a day where the page never comes back", async () => {
    const disk = memoryDisk();
    const { holder, clock } = await aHolder(new MemoryPersistence(disk));
    await holder.take(call(1, "commit", adding), "tab");
    await clock.advance(23 * 3_600_000);
    await aHolder(new MemoryPersistence(disk), clock);
    expect(kept(disk)).toEqual([1]);
    await clock.advance(2 * 3_600_000);
    await aHolder(new MemoryPersistence(disk), clock);
    expect(kept(disk)).toEqual([]);
  });

  it("are kept longer where there is no room to forget them, and keep nobody from reading", async () => {
    const persistence = new GatedPersistence();
    const { holder, clock } = await aHolder(persistence);
    await holder.take(call(1, "commit", adding), "tab");
    await clock.advance(25 * 3_600_000);
    persistence.refusals.append = new StoreFull("no room");
    const { counts } = await aHolder(persistence, clock);
    expect(await counts()).toMatchObject({ pending: 1 });
    expect(kept(persistence.disk)).toEqual([1]);
  });
});

describe("what cannot be opened", () => {
  it("is let go of", async () => {
    const persistence = new GatedPersistence();
    persistence.refusals.snapshot = new StoreFull("no room");
    await expect(aHolder(persistence)).rejects.toThrow("no room");
    expect(persistence.asked).toEqual(["snapshot", "close"]);
  });
});
