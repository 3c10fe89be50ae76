import type { Violation } from "@turno/testkit";
import type { FaultName } from "../../src/faults/fault.ts";
import { Site } from "../../src/harness/site.ts";
import { randomFrom } from "../../src/random-from.ts";

/** Does something to processes that have the fault, or none, and judges it. */
export type Experiment = (
  site: Site,
  fault: FaultName | undefined,
) => Promise<readonly Violation[]>;

/** What an experiment shows, on a site of its own. */
export async function judged(
  experiment: Experiment,
  fault: FaultName | undefined,
): Promise<readonly Violation[]> {
  const site = new Site(randomFrom(1));
  try {
    return await experiment(site, fault);
  } finally {
    await site.close();
    site.remove();
  }
}
