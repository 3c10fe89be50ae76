import type { Job, JobDefinitions, JobOf, Store } from "@turno/core";
import type { Fault } from "./fault.ts";
import type { Rehearsal, Rehearsed, RehearsedRun } from "./rehearsal.ts";
import { Script } from "./script.ts";
import { Stage } from "./stage.ts";

/** What is known of a rehearsal's steps from those before: a Set that one run fills and the next one reads. */
export type Asynchronous = Set<string>;

/** What happened, whatever the types of the jobs are. */
export interface Performed {
  readonly effects: unknown;
  readonly jobs: readonly SeenJob[];
  readonly runs: readonly RehearsedRun[];
  /** The faults of the plan that have struck. */
  readonly struck: readonly Fault[];
}

interface SeenJob
  extends Pick<Job, "id" | "type" | "state" | "attempt" | "maxAttempts" | "failures"> {
  readonly payload: unknown;
}

/**
 * Runs a job in a fresh world, with real workers on a simulated clock, and lets happen what is planned: `["crash
 * before step 2"]`. Rejects where a fault of the plan finds no such step, and where the handler does not end.
 */
export async function rehearse<D extends JobDefinitions, W, S extends Store>(
  rehearsal: Rehearsal<D, W, S>,
  { plan = [] }: { readonly plan?: readonly Fault[] | undefined } = {},
): Promise<Rehearsed<D>> {
  const asynchronous: Asynchronous = new Set();
  if (plan.length > 0) await perform(rehearsal, [], asynchronous);
  const performed = await perform(rehearsal, plan, asynchronous);
  checkStruck(plan, performed);
  const { effects, jobs, runs } = performed;
  return { effects, jobs: jobs as readonly unknown[] as readonly JobOf<D>[], runs };
}

/** Rehearses once; faults that find no place are left out. */
export async function perform<D extends JobDefinitions, W, S extends Store>(
  rehearsal: Rehearsal<D, W, S>,
  plan: readonly Fault[],
  asynchronous: Asynchronous,
): Promise<Performed> {
  const script = new Script(plan, asynchronous);
  const stage = await Stage.open(rehearsal, script);
  try {
    await stage.play();
    const jobs = await stage.jobs();
    const effects = await stage.effects(jobs);
    const seen = jobs as readonly unknown[] as readonly SeenJob[];
    return { effects, jobs: seen, runs: script.runs, struck: script.struck };
  } finally {
    await stage.close();
  }
}

/** Throws where a fault has found no place. */
export function checkStruck(plan: readonly Fault[], { struck, runs }: Performed): void {
  const missing = plan.find((fault) => !struck.includes(fault));
  if (missing === undefined) return;
  const steps = runs.flatMap((run) => run.steps);
  throw new Error(
    `${JSON.stringify(missing)} did not happen. There were ${runs.length} runs, and the steps ${steps.join(", ") || "none"}; ` +
      "a lease cannot be lost in a step that gives no promise",
  );
}
