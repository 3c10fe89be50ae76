import type { JobDefinitions, Store } from "@turno/core";
import fc from "fast-check";
import { differences } from "../property/expect-same.ts";
import { anyPlan, singleFaults } from "./plans.ts";
import type { Fault } from "./fault.ts";
import { NotIdempotent } from "./not-idempotent.ts";
import { outcomeOf } from "./outcome.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { type Asynchronous, checkStruck, perform, type Performed } from "./rehearse.ts";

/** What to try. */
export interface FaultOptions {
  /** Tries this plan alone, as a failed check has printed it. */
  readonly plan?: readonly Fault[] | undefined;
  /** What the random plans are made from. Default: 1, so that each time the same are tried. */
  readonly seed?: number | undefined;
  /** How many random plans of several faults are tried. Default: 50. */
  readonly randomPlans?: number | undefined;
}

/** What a check has tried. */
export interface Checked {
  /** The steps of the undisturbed run, such as `1 cards.charge`. */
  readonly steps: readonly string[];
  /** How many plans were tried. */
  readonly plans: number;
}

const MOST_FAULTS = 3;

/**
 * Runs a job undisturbed, and then again and again, each time in a fresh world and with other faults: its process is
 * killed after the handler's end, and before and after each step; it loses its lease at each of these; and several of
 * these together, at random. Rejects with {@link NotIdempotent} for the first plan after which the effects or what
 * became of the jobs is not what it is undisturbed.
 */
export async function checkIdempotent<D extends JobDefinitions, W, S extends Store>(
  rehearsal: Rehearsal<D, W, S>,
  { plan, seed = 1, randomPlans = 50 }: FaultOptions = {},
): Promise<Checked> {
  const asynchronous: Asynchronous = new Set();
  const expected = await undisturbed(rehearsal, asynchronous);
  const steps = expected.runs.flatMap((run) => run.steps);
  let plans = 0;
  const check = async (faults: readonly Fault[], from?: number) => {
    plans++;
    const performed = await perform(rehearsal, faults, asynchronous);
    expectSame(performed, expected, from);
    return performed;
  };
  if (plan !== undefined) {
    const performed = await check(plan);
    checkStruck(plan, performed);
    return { steps, plans };
  }
  for (const fault of singleFaults(expected, asynchronous)) await check([fault]);
  const most = Math.min(MOST_FAULTS, attemptsLeft(expected));
  if (most > 1) await checkRandomly(anyPlan(expected, most), seed, randomPlans, check);
  return { steps, plans };
}

/** Rejects with the shortest plan that it finds by which the effects differ. */
async function checkRandomly(
  plans: fc.Arbitrary<Fault[]>,
  seed: number,
  numRuns: number,
  check: (plan: readonly Fault[], seed: number) => Promise<unknown>,
): Promise<void> {
  const property = fc.asyncProperty(plans, async (plan) => void (await check(plan, seed)));
  const { failed, errorInstance } = await fc.check(property, { seed, numRuns });
  if (failed) throw errorInstance;
}

/** What should happen. Rejects where that says nothing. */
async function undisturbed<D extends JobDefinitions, W, S extends Store>(
  rehearsal: Rehearsal<D, W, S>,
  asynchronous: Asynchronous,
): Promise<Performed> {
  const first = await perform(rehearsal, [], asynchronous);
  const dead = first.jobs.find(({ state }) => state === "dead");
  if (dead !== undefined) {
    throw new Error(
      `job ${JSON.stringify(dead.type)} is dead though nothing was done to it: ${dead.failures.at(-1)?.message}`,
    );
  }
  if (first.runs.every(({ steps }) => steps.length === 0)) {
    throw new Error(
      "no step was seen: the handler called no method of the world that handlers() was given. " +
        "Make it with the objects that setUp() returns, and let it use those",
    );
  }
  if (attemptsLeft(first) < 1) {
    throw new Error(
      "a job has no attempt left for a second run, so that its handler never runs twice: give it more maxAttempts",
    );
  }
  const again = differences(
    outcomeOf(await perform(rehearsal, [], asynchronous)),
    outcomeOf(first),
  );
  if (again.length > 0) {
    throw new Error(
      `the effects differ already from one undisturbed run to the next, so that nothing can be compared: ${again[0]}. ` +
        "Leave out of effects() what is random or a time",
    );
  }
  return first;
}

function expectSame(performed: Performed, undisturbed: Performed, seed: number | undefined): void {
  const [actual, expected] = [outcomeOf(performed), outcomeOf(undisturbed)];
  const found = differences(actual, expected);
  if (found.length > 0) throw new NotIdempotent(found, { performed, actual, expected, seed });
}

function attemptsLeft({ jobs }: Performed): number {
  return Math.min(...jobs.map(({ attempt, maxAttempts }) => maxAttempts - attempt));
}
