import { setTimeout as sleep } from "node:timers/promises";
import { closeDown } from "../../src/harness/close-down.ts";
import type { Experiment } from "./judged.ts";

const LEASE_MS = 500;

/** Two workers live, and their handlers take longer than a lease. */
export const longAlive: Experiment = async (site, fault) => {
  const workers = site.workers(2, { fault, leaseMs: LEASE_MS, concurrency: 5 });
  const mix = [{ weight: 1, does: { ms: 2 * LEASE_MS, heedless: true } }];
  const producers = site.producers(1, { perSecond: 10, most: 20, mix });
  await Promise.all([workers.ready(), producers.ready()]);
  await sleep(4 * LEASE_MS);
  // With the fault workers take each other's jobs for ever.
  const terms = { finished: fault === undefined };
  const withinMs = fault === undefined ? 20_000 : 1_000;
  const { violations } = await closeDown(site, { producers, workers, terms, withinMs });
  return violations;
};
