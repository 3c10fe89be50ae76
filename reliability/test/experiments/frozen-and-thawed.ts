import { setTimeout as sleep } from "node:timers/promises";
import { closeDown } from "../../src/harness/close-down.ts";
import type { Experiment } from "./judged.ts";

const LEASE_MS = 500;
const ROUNDS = 2;

/** One of two workers is frozen past its lease, and comes back with handlers that are just done. */
export const frozenAndThawed: Experiment = async (site, fault) => {
  const workers = site.workers(2, { fault, leaseMs: LEASE_MS, concurrency: 5 });
  const mix = [{ weight: 1, does: { ms: 250 } }];
  const producers = site.producers(1, { perSecond: 15, mix });
  await Promise.all([workers.ready(), producers.ready()]);
  for (let count = 0; count < ROUNDS; count++) {
    const worker = workers.members[count % 2];
    await sleep(700);
    worker?.freeze();
    await sleep(3 * LEASE_MS);
    worker?.thaw();
  }
  const { violations } = await closeDown(site, { producers, workers, terms: {}, withinMs: 20_000 });
  return violations;
};
