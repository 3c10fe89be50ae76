import { closeDown } from "../../src/harness/close-down.ts";
import type { Experiment } from "./judged.ts";

/** Jobs that kill their process at every attempt, so that they are dead when their attempts are spent. */
export const deadly: Experiment = async (site, fault) => {
  const workers = site.workers(2, { fault, concurrency: 2 });
  const mix = [{ weight: 1, does: { ends: "kill" as const }, maxAttempts: 3 }];
  const producers = site.producers(1, { perSecond: 100, most: 2, mix });
  await producers.ready();
  // With the fault they never end.
  const terms = { finished: fault === undefined };
  const withinMs = fault === undefined ? 30_000 : 2_000;
  const { violations } = await closeDown(site, { producers, workers, terms, withinMs });
  return violations;
};
