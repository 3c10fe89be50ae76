import { type Awaitable, MemoryStore, type Store } from "@turno/core";
import type { Violation } from "../history/judge.ts";
import { firstDifference } from "./first-difference.ts";
import { NumberedOn } from "./numbered-on.ts";
import type { Script } from "./script.ts";
import { scriptOf } from "./scripts.ts";
import { shrink } from "./shrink.ts";
import { simulate, type Simulated } from "./simulate.ts";
import type { Situation } from "./situations.ts";

export interface UnderFaults {
  /** Opens a fresh, empty store, one for each script; it is closed again. */
  open(): Awaitable<Store>;
  /** The first script, an integer below 2³¹. Default: 1. */
  readonly seed?: number | undefined;
  /** How many scripts are played: those of `seed`, `seed + 1`, … Default: 100. */
  readonly runs?: number | undefined;
  /** How many steps a script has. Default: 300. */
  readonly steps?: number | undefined;
  /** Plays this script alone: what a failed check has printed. */
  readonly script?: Script | undefined;
}

/** What has been tried. */
export interface TriedFaults {
  readonly runs: number;
  /** How many steps all scripts had together. */
  readonly steps: number;
  /** How often each of the situations came about that the scripts are there for. */
  readonly situations: ReadonlyMap<Situation, number>;
}

/**
 * Lets queues and workers of several simulated processes share a store on simulated time, by random scripts: processes
 * crash, freeze and stop, clocks jump, calls are late, refused, lost and repeated. Rejects where a promise is broken, or
 * a store answers otherwise than `MemoryStore` to the same calls, with the shortest script that shows it.
 */
export async function checkUnderFaults(options: UnderFaults): Promise<TriedFaults> {
  const { open, script, seed = 1, runs = script === undefined ? 100 : 1, steps = 300 } = options;
  const situations = new Map<Situation, number>();
  let taken = 0;
  for (let run = 0; run < runs; run++) {
    const tried = script ?? scriptOf(seed + run, steps);
    const played = await play(open, tried);
    const [violation] = played.violations;
    if (violation !== undefined) throw await report(open, tried, violation);
    taken += played.steps;
    for (const [situation, times] of played.situations)
      situations.set(situation, (situations.get(situation) ?? 0) + times);
  }
  return { runs, steps: taken, situations };
}

/** Safety and liveness first; where nothing is wrong with them, that the store does as `MemoryStore` does. */
async function play(open: () => Awaitable<Store>, script: Script): Promise<Simulated> {
  const store = await open();
  const isCompared = store.constructor !== MemoryStore;
  const played = await simulated(isCompared ? new NumberedOn(store) : store, script, isCompared);
  if (!isCompared || played.violations.length > 0) return played;
  const { trace } = await simulated(new MemoryStore(), script, true);
  const what = firstDifference(played.trace, trace);
  if (what === undefined) return played;
  return { ...played, violations: [{ promise: "a store does as MemoryStore does", what }] };
}

async function simulated(store: Store, script: Script, isTraced: boolean): Promise<Simulated> {
  try {
    return await simulate(store, script, isTraced);
  } finally {
    await store.close();
  }
}

const LAST_LINES = 12;

async function report(
  open: () => Awaitable<Store>,
  script: Script,
  { promise }: Violation,
): Promise<Error> {
  const shortest = await shrink(script, async (shorter) => {
    const { violations, steps } = await play(open, shorter);
    return violations[0]?.promise === promise ? steps : undefined;
  });
  const { violations } = await play(open, shortest);
  const { trace } = await simulated(new NumberedOn(await open()), shortest, true);
  const { seed, world, steps } = shortest;
  return new Error(
    [
      "Under simulated faults a promise was broken:",
      ...violations.slice(0, 3).map((violation) => `  ${violation.promise}\n    ${violation.what}`),
      "What the processes saw of the store until then:",
      ...trace.slice(-LAST_LINES).map((line) => `  ${line.slice(0, 300)}`),
      `By ${steps.length} steps. To try them again, give checkUnderFaults this script:`,
      `{"seed":${seed},"world":${JSON.stringify(world)},"steps":[`,
      steps.map((step) => `  ${JSON.stringify(step)}`).join(",\n"),
      "]}",
      `It is what was left of the script of ${JSON.stringify({ seed, runs: 1, steps: script.steps.length })}`,
    ].join("\n"),
  );
}
