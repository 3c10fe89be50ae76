import { setTimeout as sleep } from "node:timers/promises";
import { closeDown } from "../../src/harness/close-down.ts";
import { Crew } from "../../src/harness/crew.ts";
import { PostgresProxy } from "../../src/harness/postgres-proxy.ts";
import type { PostgresExperiment } from "./judged-on-postgres.ts";

const LEASE_MS = 1_500;
const ROUNDS = 2;

/** One of two workers is not heard for two leases, and comes back with handlers that are done. */
export const unheard: PostgresExperiment = async ({ site, server, at, url, fault }) => {
  const ways = [await PostgresProxy.start(server.port), await PostgresProxy.start(server.port)];
  let next = 0;
  const workers = new Crew(ways.length, () => {
    const { told } = at(ways[next++ % ways.length]?.urlOf(url) ?? url);
    return site.worker({ ...told, fault, leaseMs: LEASE_MS, concurrency: 5 });
  });
  const { told, observer } = at(url);
  const mix = [{ weight: 1, does: { ms: 400, heedless: true } }];
  const producers = site.producers(1, { ...told, perSecond: 15, mix });
  await Promise.all([workers.ready(), producers.ready()]);
  for (let count = 0; count < ROUNDS; count++) {
    const [way, worker] = [ways[count % 2], workers.members[count % 2]];
    await sleep(1_000);
    site.history.write({ kind: "hindered", of: worker?.name ?? "", forMs: 2 * LEASE_MS });
    way?.standStill();
    await sleep(2 * LEASE_MS);
    way?.goOn();
  }
  const crews = { producers, workers };
  const closed = await closeDown(site, { ...crews, terms: {}, observer, withinMs: 20_000 });
  for (const way of ways) way.close();
  return closed.violations;
};
