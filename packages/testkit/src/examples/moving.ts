import {
  type AdoptedJob,
  type Adopter,
  cancel,
  encodeJobId,
  type Job,
  MemoryStore,
  retry,
  type Store,
  type WaitingJob,
} from "@turno/core";
import { move } from "@turno/core/move";
import { expect } from "vitest";
import { Bench, START } from "../bench.ts";
import type { Examples, OpenAnother } from "./example.ts";
import { contentsOf, filled } from "./filled.ts";

/** Of stores that can be moved into; others need not. */
export const moving: Examples = {
  "a move takes over every job as it is, with its id, its notes and its revision": async (
    bench,
  ) => {
    if (bench.store.adopter === undefined) return;
    const source = await filled();
    const before = await contentsOf(source.store);
    const { jobs } = await move(source.store, bench.store);
    expect(jobs).toBe(before.jobs.length);
    expect(await contentsOf(bench.store)).toEqual(before);
    expect(bench.store.salt).toBe(source.store.salt);
    expect(await contentsOf(source.store)).toEqual(before);
  },

  "after a move jobs are claimed in the order in which the source would have started them": async (
    bench,
  ) => {
    if (bench.store.adopter === undefined) return;
    const source = await filled();
    const twin = await filled();
    await move(source.store, bench.store);
    const claim = async (of: Bench) => await of.claimedSeqs(await of.join(), { limit: 100 });
    const inOrder = await claim(twin);
    expect(inOrder.length).toBeGreaterThan(3);
    expect(await claim(bench)).toEqual(inOrder);
  },

  "numbers go on above those of the source, of jobs and of workers": async (bench) => {
    if (bench.store.adopter === undefined) return;
    const source = await filled();
    const [newest] = await source.all();
    const workers = [await source.join(), await source.join()];
    for (const worker of workers) await source.store.leave(worker);
    await move(source.store, bench.store);
    const [next = 0] = await bench.add({});
    expect(next).toBeGreaterThan(newest?.seq ?? Infinity);
    expect((await bench.find(next)).id).toBe(
      encodeJobId({ createdAt: bench.now, salt: source.store.salt, seq: next }),
    );
    expect(await bench.join()).toBeGreaterThan(Math.max(...workers));
  },

  "an empty store is moved, too, and its salt with it": async (bench) => {
    if (bench.store.adopter === undefined) return;
    const source = new Bench(new MemoryStore({ random: () => 0.75 }));
    expect(await move(source.store, bench.store)).toEqual({ jobs: 0, copied: 0, left: 0 });
    const [seq = 0] = await bench.add({});
    const { salt } = source.store;
    expect((await bench.find(seq)).id).toBe(encodeJobId({ createdAt: bench.now, salt, seq }));
  },

  "types that were paused stay so, and those that the move has paused go on": async (bench) => {
    if (bench.store.adopter === undefined) return;
    const source = await filled();
    await source.store.pause({ type: "report", paused: true });
    await move(source.store, bench.store);
    expect(await bench.store.pause()).toEqual(["report"]);
    expect(await source.claim(await source.join())).toEqual([]);
  },

  "a move that is taken up again pauses what its first run has found paused": async (bench) => {
    const { adopter } = bench.store;
    if (adopter === undefined) return;
    const source = await filled();
    await adopter.begin({ ...sourceOf(source.store), paused: ["report"] });
    await source.store.pause({ type: "mail", paused: true });
    await move(source.store, bench.store);
    expect(await bench.store.pause()).toEqual(["report"]);
  },

  "what a lost worker of the source held is orphaned, and no new worker's": async (bench) => {
    if (bench.store.adopter === undefined) return;
    const source = await filled();
    const orphans = await source.store.list({ orphaned: true, limit: 10 });
    expect(orphans.length).toBe(2);
    await move(source.store, bench.store);
    expect(await bench.store.list({ orphaned: true, limit: 10 })).toEqual(orphans);
    expect(await bench.store.beat(await bench.join())).toEqual({ known: true, holds: [] });
  },

  "keys that jobs hold are held after a move, and those that they let go of are free": async (
    bench,
  ) => {
    if (bench.store.adopter === undefined) return;
    const source = await filled();
    const jobs = await source.all();
    await move(source.store, bench.store);
    for (const { seq, type, uniqueKey } of jobs) {
      if (uniqueKey === undefined) continue;
      const added = [await source.add({ type, uniqueKey }), await bench.add({ type, uniqueKey })];
      expect(added[1]?.includes(seq)).toBe(added[0]?.includes(seq));
    }
  },

  "a move that was interrupted at any batch goes on, and ends with the same jobs": async (
    bench,
  ) => {
    const { adopter } = bench.store;
    if (adopter === undefined) return;
    const source = await filled();
    const before = await contentsOf(source.store);
    const all = await adopted(source.store);
    for (const item of all.toReversed()) {
      const { run, endedAt } = await adopter.begin(sourceOf(source.store));
      expect(endedAt).toBeUndefined();
      // Each twice, as where an answer was lost.
      for (let twice = 0; twice < 2; twice++) await adopter.take(run, { jobs: [item], gone: [] });
    }
    expect(await contentsOf(bench.store)).toEqual(before);
    const { jobs, copied } = await move(source.store, bench.store);
    expect({ jobs, copied }).toEqual({ jobs: all.length, copied: 0 });
    expect(await contentsOf(bench.store)).toEqual(before);
  },

  "what has changed, has come and has gone since it was copied is made good": async (bench) => {
    const { adopter } = bench.store;
    if (adopter === undefined) return;
    const source = await filled();
    const { run } = await adopter.begin(sourceOf(source.store));
    await adopter.take(run, { jobs: await adopted(source.store), gone: [] });
    const { jobs } = await contentsOf(source.store);
    const dead = jobs.find(({ state }) => state === "dead");
    const waiting = jobs.find(({ state, uniqueKey }) => state === "pending" && uniqueKey === "k");
    if (dead?.state !== "dead" || waiting?.state !== "pending") throw new Error("not filled");
    await source.replace(retry(dead, START + 5), cancel(waiting, START + 5));
    // The key goes over to a job that is copied first.
    await source.add({ type: waiting.type, uniqueKey: "k" });
    await source.store.prune({ before: { completed: START + 9 }, limit: 9 });
    const before = await contentsOf(source.store);
    await move(source.store, bench.store);
    expect(await contentsOf(bench.store)).toEqual(before);
  },

  "a job is written over whatever stands under its number, and gone ones go with their notes":
    async (bench) => {
      const { adopter } = bench.store;
      if (adopter === undefined) return;
      const [one, two, three] = (await adopted((await filled()).store)) as Three;
      const { run } = await adopter.begin({ salt: 7, paused: [] });
      const notes = { progress: "1", log: [{ at: START, attempt: 1, line: "a" }] };
      await adopter.take(run, {
        jobs: [one, two, three].map((it) => ({ ...it, notes })),
        gone: [],
      });
      const older = { ...two.job, revision: two.job.revision + 3, payload: '"x"' };
      const gone = [one.job.seq];
      await adopter.take(run, { jobs: [{ job: older, notes: undefined }], gone });
      expect(await bench.store.get([one.job.seq, two.job.seq])).toMatchObject([
        undefined,
        { revision: older.revision, payload: '"x"' },
      ]);
      const seqs = [one, two, three].map(({ job }) => job.seq);
      expect(await bench.store.notes(seqs)).toEqual([undefined, undefined, notes]);
    },

  "a job whose key another takes over while jobs are moved makes way": async (bench) => {
    const { adopter } = bench.store;
    if (adopter === undefined) return;
    const source = new Bench(new MemoryStore());
    const [first = 0] = await source.add({ uniqueKey: "k" }, {});
    const [old] = await adopted(source.store);
    await source.replace(cancel((await source.find(first)) as WaitingJob, START));
    const [second = 0] = await source.add({ uniqueKey: "k" });
    const { run } = await adopter.begin(sourceOf(source.store));
    await adopter.take(run, { jobs: old === undefined ? [] : [old], gone: [] });
    const fresh = (await adopted(source.store)).filter(({ job }) => job.seq === second);
    await adopter.take(run, { jobs: fresh, gone: [] });
    expect((await bench.all()).map(({ seq }) => seq)).toEqual([second]);
  },

  "a store that is half moved adds, claims, replaces, prunes and pauses nothing, and takes no worker":
    async (bench) => {
      const { adopter } = bench.store;
      if (adopter === undefined) return;
      const source = await filled();
      const { run } = await adopter.begin(sourceOf(source.store));
      for (const jobs of [[], await adopted(source.store)]) {
        await adopter.take(run, { jobs, gone: [] });
        const before = await contentsOf(bench.store);
        for (const write of writesOf(bench, before.jobs)) {
          await expect(write()).rejects.toMatchObject({ code: "StoreMoving", transient: false });
        }
        expect(await contentsOf(bench.store)).toEqual(before);
        expect(await bench.store.workers()).toEqual([]);
      }
      await move(source.store, bench.store);
      expect(await bench.join()).toBeGreaterThan(0);
    },

  "a store that has jobs or workers is not moved into, nor is its own copy": async (bench) => {
    const { adopter } = bench.store;
    if (adopter === undefined) return;
    const refused = { code: "MoveRefused" };
    const { salt } = bench.store;
    await expect((async () => adopter.begin({ salt, paused: [] }))()).rejects.toMatchObject(
      refused,
    );
    const source = await filled();
    const worker = await bench.join();
    await expect(move(source.store, bench.store)).rejects.toMatchObject(refused);
    await bench.store.leave(worker);
    const [seq = 0] = await bench.add({});
    await expect(move(source.store, bench.store)).rejects.toMatchObject(refused);
    expect((await bench.all()).map((job) => job.seq)).toEqual([seq]);
    expect(bench.store.salt).toBe(salt);
  },

  "a store that is half moved, or was moved into, takes nothing from another": async (bench) => {
    const { adopter } = bench.store;
    if (adopter === undefined) return;
    const [source, other] = [await filled(), new Bench(new MemoryStore({ random: () => 0.9 }))];
    await other.add({});
    await adopter.begin(sourceOf(source.store));
    await expect(move(other.store, bench.store)).rejects.toMatchObject({ code: "MoveRefused" });
    await move(source.store, bench.store);
    const before = await contentsOf(bench.store);
    await expect(move(other.store, bench.store)).rejects.toMatchObject({ code: "MoveRefused" });
    expect(await contentsOf(bench.store)).toEqual(before);
  },

  "a run of a move that another has followed writes and ends nothing": async (bench) => {
    const { adopter } = bench.store;
    if (adopter === undefined) return;
    const source = await filled();
    const { run: first } = await adopter.begin(sourceOf(source.store));
    const { run: second } = await adopter.begin(sourceOf(source.store));
    expect(second).toBeGreaterThan(first);
    const jobs = await adopted(source.store);
    const refused = { code: "MoveRefused" };
    await expect((async () => adopter.take(first, { jobs, gone: [] }))()).rejects.toMatchObject(
      refused,
    );
    await expect((async () => adopter.end(first, { seq: 9, worker: 9 }))()).rejects.toMatchObject(
      refused,
    );
    expect(await bench.all()).toEqual([]);
    await expect(bench.add({})).rejects.toMatchObject({ code: "StoreMoving" });
  },

  "a move that has ended is not begun anew, and says where it ended": async (bench) => {
    const { adopter } = bench.store;
    if (adopter === undefined) return;
    const source = await filled();
    await move(source.store, bench.store);
    const [newest] = await source.all();
    const { run, endedAt } = await adopter.begin(sourceOf(source.store));
    expect(endedAt).toBe(newest?.seq);
    await adopter.end(run, { seq: 1, worker: 1 });
    await bench.add({});
    const before = await contentsOf(bench.store);
    expect(await move(source.store, bench.store)).toMatchObject({ copied: 0 });
    await source.add({});
    await expect(move(source.store, bench.store)).rejects.toMatchObject({ code: "MoveRefused" });
    expect(await contentsOf(bench.store)).toEqual(before);
  },
};

/** What holds of a move for a connection that is open meanwhile. */
export const movingBeside: Examples<OpenAnother> = {
  "a connection that was open before a move writes nothing during it, and has the salt after it":
    async (bench, openSecond) => {
      const second = new Bench(await openSecond());
      const { adopter } = bench.store;
      if (adopter === undefined) return;
      const source = await filled();
      const before = await contentsOf(source.store);
      const { run } = await adopter.begin(sourceOf(source.store));
      await expect(second.add({})).rejects.toMatchObject({ code: "StoreMoving" });
      await adopter.take(run, { jobs: (await adopted(source.store)).slice(0, 1), gone: [] });
      await expect(second.add({})).rejects.toMatchObject({ code: "StoreMoving" });
      await expect(second.join()).rejects.toMatchObject({ code: "StoreMoving" });
      const third = new Bench(await openSecond());
      await expect(third.add({})).rejects.toMatchObject({ code: "StoreMoving" });
      await move(source.store, third.store);
      expect(await contentsOf(second.store)).toEqual(before);
      const [seq = 0] = await second.add({});
      const { salt } = source.store;
      expect((await bench.find(seq)).id).toBe(encodeJobId({ createdAt: bench.now, salt, seq }));
    },
};

type Three = [AdoptedJob, AdoptedJob, AdoptedJob];

function sourceOf({ salt }: Store): Parameters<Adopter["begin"]>[0] {
  return { salt, paused: [] };
}

/** All jobs as a batch has them. */
async function adopted(store: Store): Promise<readonly AdoptedJob[]> {
  const { jobs, notes } = await contentsOf(store);
  return jobs.map((job, at) => ({ job, notes: notes[at] })).reverse();
}

/** Each way to write. */
function writesOf(bench: Bench, [job]: readonly Job[]): readonly (() => Promise<unknown>)[] {
  const { store, now } = bench;
  const note = { seq: job?.seq ?? 1, revision: job?.revision ?? 1, progress: "1", log: [] };
  const replace = job === undefined ? [] : [{ ...job, revision: job.revision + 1 }];
  return [
    () => bench.add({}),
    () => bench.add({}, {}),
    () => bench.add({ uniqueKey: "new" }),
    () => bench.claim(1),
    async () => store.commit({ now, note: [note] }),
    ...(replace.length > 0 ? [() => bench.replace(...replace)] : []),
    () => bench.join(),
    async () => store.pause({ type: "mail", paused: true }),
    async () => store.pause({ type: "mail", paused: false }),
    async () => store.prune({ before: { completed: START + 99 }, limit: 9 }),
  ];
}
