import { setTimeout as sleep } from "node:timers/promises";
import { closeDown } from "../../src/harness/close-down.ts";
import type { PostgresExperiment } from "./judged-on-postgres.ts";

const KILLS = 4;

/** Producers are killed again and again while they enqueue. */
export const acknowledgedAndEnded: PostgresExperiment = async ({ site, at, url, fault }) => {
  const { told, observer } = at(url);
  const workers = site.workers(1, told);
  const mix = [{ weight: 1, does: {} }];
  const producers = site.producers(1, { ...told, fault, perSecond: 200, batch: 3, mix });
  for (let count = 0; count < KILLS; count++) {
    const producer = producers.members[0];
    await producer?.ready;
    await sleep(200 + 50 * count);
    if (producer !== undefined) producers.kill(producer);
  }
  const crews = { producers, workers };
  const closed = await closeDown(site, { ...crews, terms: {}, observer, withinMs: 20_000 });
  return closed.violations;
};
