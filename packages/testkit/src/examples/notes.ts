import { complete, type Note, release, type RunningJob } from "@turno/core";
import { expect } from "vitest";
import type { Bench } from "../bench.ts";
import type { Examples } from "./example.ts";

export const notes: Examples = {
  "a job has no notes until one is written": async (bench) => {
    const [seq = 0] = await bench.add({});
    expect(await bench.store.notes([seq, seq + 9])).toEqual([undefined, undefined]);
    expect(await bench.store.notes([])).toEqual([]);
  },

  "notes of a running job are kept: the latest progress, and every line in order": async (
    bench,
  ) => {
    const held = await bench.running(await bench.join());
    await note(bench, noteOn(held, { progress: '{"done":"🎟️"}', lines: ["a"] }));
    await note(bench, noteOn(held, { lines: ["b", "c"] }), noteOn(held, { progress: "null" }));
    await note(bench, noteOn(held, {}));
    expect(await bench.store.notes([held.seq])).toEqual([
      {
        progress: "null",
        log: ["a", "b", "c"].map((line) => ({ at: bench.now, attempt: 1, line })),
      },
    ]);
  },

  "of more than 100 lines the latest are kept": async (bench) => {
    const held = await bench.running(await bench.join());
    const lines = Array.from({ length: 130 }, (_, count) => `line ${count}`);
    await note(bench, noteOn(held, { lines: lines.slice(0, 70) }));
    await note(bench, noteOn(held, { lines: lines.slice(70) }));
    const [stored] = await bench.store.notes([held.seq]);
    expect(stored?.log.map(({ line }) => line)).toEqual(lines.slice(-100));
  },

  "a note leaves the job as it is": async (bench) => {
    const held = await bench.running(await bench.join());
    await note(bench, noteOn(held, { progress: "1" }));
    expect(await bench.find(held.seq)).toEqual(held);
    expect(await bench.replace(complete(held, undefined, bench.now))).toEqual(["written"]);
  },

  "a note is dropped where the job has moved on, is not running, or is gone": async (bench) => {
    const held = await bench.running(await bench.join());
    const [waiting = 0] = await bench.add({});
    await bench.replace(complete(held, undefined, bench.now));
    const late = noteOn(held, { progress: "1" });
    await note(bench, late, { ...late, revision: held.revision + 1 });
    await note(bench, { ...late, seq: waiting, revision: 1 }, { ...late, seq: waiting + 9 });
    expect(await bench.store.notes([held.seq, waiting])).toEqual([undefined, undefined]);
  },

  "a note of whoever held the job before is dropped": async (bench) => {
    const worker = await bench.join();
    const before = await bench.running(worker);
    await bench.replace(release(before));
    const [held] = await bench.claim(worker);
    await note(bench, noteOn(before, { progress: "1" }));
    expect(held?.state).toBe("running");
    expect(await bench.store.notes([before.seq])).toEqual([undefined]);
  },

  "a note goes with the settling of its job, in one commit": async (bench) => {
    const held = await bench.running(await bench.join());
    await bench.store.commit({
      now: bench.now,
      note: [noteOn(held, { progress: "100" })],
      replace: [complete(held, undefined, bench.now)],
    });
    expect(await bench.store.notes([held.seq])).toEqual([{ progress: "100", log: [] }]);
  },

  "notes are a job's own, and go when it is pruned": async (bench) => {
    const worker = await bench.join();
    const [one, two] = [await bench.running(worker), await bench.running(worker)];
    await note(bench, noteOn(one, { progress: "1" }), noteOn(two, { progress: "2" }));
    await bench.replace(complete(one, undefined, bench.now));
    expect(await bench.store.prune({ before: { completed: bench.now }, limit: 10 })).toBe(1);
    expect(await bench.store.notes([two.seq, one.seq])).toEqual([
      { progress: "2", log: [] },
      undefined,
    ]);
  },
};

function noteOn(
  { seq, revision, attempt, claimedAt }: RunningJob,
  { progress, lines = [] }: { readonly progress?: string; readonly lines?: readonly string[] },
): Note {
  return { seq, revision, progress, log: lines.map((line) => ({ at: claimedAt, attempt, line })) };
}

async function note(bench: Bench, ...written: readonly Note[]): Promise<void> {
  await bench.store.commit({ now: bench.now, note: written });
}
