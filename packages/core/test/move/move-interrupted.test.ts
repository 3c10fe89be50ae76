import { MemoryStore, MoveRefused, newJob } from "@turno/core";
import { move } from "@turno/core/move";
import fc from "fast-check";
import { expect, it } from "vitest";
import { HastyClock } from "./hasty-clock.ts";
import { meddled } from "./meddled.ts";
import { type Event, events, happen } from "./some-life.ts";

/** One run of a move that is broken off, and what happens in the source meanwhile. */
const run = fc.record({
  /** How many calls come through. */
  calls: fc.nat(40),
  /** Whether the last call was carried out, and its answer lost with the process. */
  isDone: fc.boolean(),
  meanwhile: fc.array(fc.tuple(fc.nat(40), events), { maxLength: 3 }),
});

interface Broken {
  readonly calls: number;
  readonly isDone: boolean;
  readonly meanwhile: readonly (readonly [number, readonly Event[]])[];
}

const RUNS = Number(process.env["TURNO_RUNS"] ?? 300);

const broken = new Error("the process was killed");

it("a move that is broken off anywhere, however often, ends with every job as the source has it", {
  timeout: 10_000 + RUNS * 20,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      events,
      fc.array(run, { maxLength: 4 }),
      fc.boolean(),
      async (life, runs, pauses) => {
        const from = new MemoryStore({ random: () => 0.25 });
        const to = new MemoryStore({ random: () => 0.75 });
        for (const event of life) happen(from, event);
        if (pauses) from.pause({ type: "b", paused: true });
        for (const each of runs) if (await brokenRun(from, to, each)) break;
        for (const { id } of from.workers()) from.leave(id);
        await move(from, to, { clock: new HastyClock(), drainMs: 0 });
        expect(contentsOf(to)).toEqual(contentsOf(from));
        expect(to.salt).toBe(from.salt);
        expect(to.pause()).toEqual(pauses ? ["b"] : []);
        expect(to.join({ leaseMs: 1 })).toBeGreaterThanOrEqual(from.join({ leaseMs: 1 }));
        // The next number is the same, and so is who holds each key.
        expect(to.commit({ now: 1, add: ALL_KEYS })).toEqual(
          from.commit({ now: 1, add: ALL_KEYS }),
        );
      },
    ),
    { numRuns: RUNS },
  );
});

/** Says whether the move has ended all the same. */
async function brokenRun(
  from: MemoryStore,
  to: MemoryStore,
  { calls, isDone, meanwhile }: Broken,
): Promise<boolean> {
  let [call, hasEnded] = [0, false];
  const meddle = (method: string, when: "before" | "after") => {
    hasEnded ||= method === "end" && when === "after";
    if (call >= calls && (when === "after" || !isDone)) throw broken;
    if (when === "before") return;
    call++;
    for (const [at, life] of meanwhile) if (at === call) for (const one of life) happen(from, one);
  };
  const options = { clock: new HastyClock(), drainMs: 0 };
  await move(meddled(from, meddle), meddled(to, meddle), options).catch((error: unknown) => {
    if (error !== broken && !(error instanceof MoveRefused)) throw error;
  });
  // What comes to the source behind the last look stays there.
  fc.pre(!hasEnded || meanwhile.length === 0);
  return hasEnded;
}

function contentsOf(store: MemoryStore) {
  const jobs = store.list({ limit: 1_000 });
  const notes = store.notes(jobs.map(({ seq }) => seq));
  return { jobs, notes, counts: store.counts(), nextDueAt: store.nextDueAt() };
}

const ALL_KEYS = ["a", "b", "c", "d"].flatMap((type) =>
  ["key 0", "key 1", "key 2"].map((uniqueKey) => newJob(type, "null", { uniqueKey }, {}, 1)),
);
