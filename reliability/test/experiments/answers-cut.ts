import { setTimeout as sleep } from "node:timers/promises";
import { closeDown } from "../../src/harness/close-down.ts";
import { PostgresProxy } from "../../src/harness/postgres-proxy.ts";
import type { PostgresExperiment } from "./judged-on-postgres.ts";

/** What producers enqueue is stored again and again without their hearing of it. */
export const answersCut: PostgresExperiment = async ({ site, server, at, url, fault }) => {
  const way = await PostgresProxy.start(server.port);
  const { told, observer } = at(way.urlOf(url));
  const workers = site.workers(1, at(url).told);
  const mix = [{ weight: 1, does: {} }];
  const producers = site.producers(2, { ...told, fault, perSecond: 50, batch: 2, mix });
  await Promise.all([workers.ready(), producers.ready()]);
  for (let count = 0; count < 5; count++) {
    way.cutAround(/turno commit/, "before its answer");
    await sleep(200);
  }
  const crews = { producers, workers };
  const closed = await closeDown(site, { ...crews, terms: {}, observer, withinMs: 20_000 });
  way.close();
  return closed.violations;
};
