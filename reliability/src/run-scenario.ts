import type { Violation } from "@turno/testkit";
import { Site } from "./harness/site.ts";
import { randomFrom } from "./random-from.ts";
import type { Outcome, Scenario, Size } from "./scenario.ts";

/** What came of a scenario. */
export interface Verdict extends Outcome {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly seconds: number;
  /** Where the database and the histories lie; only where a promise is broken. */
  readonly folder: string | undefined;
}

/** Runs a scenario on a site of its own, which is kept if a promise is broken. */
export async function runScenario(
  scenario: Scenario,
  { size, seed }: { readonly size: Size; readonly seed: number },
): Promise<Verdict> {
  const startedAt = performance.now();
  const random = randomFrom(seed);
  const site = new Site(random);
  const outcome = await outcomeOf(async () => scenario.run({ size, seed, random, site }));
  await site.close();
  const isKept = outcome.violations.length === 0;
  if (isKept) site.remove();
  const seconds = (performance.now() - startedAt) / 1_000;
  return { ...outcome, scenario, seed, seconds, folder: isKept ? undefined : site.folder };
}

async function outcomeOf(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const violation: Violation = { promise: "the scenario runs to its end", what };
    return { account: "it broke off", violations: [violation] };
  }
}
