import { setTimeout as sleep } from "node:timers/promises";
import { closeDown } from "../../src/harness/close-down.ts";
import type { Experiment } from "./judged.ts";

const KILLS = 10;

/** Producers are killed again and again while they enqueue. */
export const acknowledgedAndKilled: Experiment = async (site, fault) => {
  const workers = site.workers(1, {});
  const mix = [{ weight: 1, does: {} }];
  const producers = site.producers(1, { fault, perSecond: 500, batch: 3, mix });
  for (let count = 0; count < KILLS; count++) {
    const producer = producers.members[0];
    await producer?.ready;
    await sleep(50 + 10 * count);
    if (producer !== undefined) producers.kill(producer);
  }
  const { violations } = await closeDown(site, { producers, workers, terms: {}, withinMs: 20_000 });
  return violations;
};
