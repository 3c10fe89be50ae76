import type { Violation } from "@turno/testkit";
import type { Postgres } from "../../../scripts/servers/postgres.ts";
import type { FaultName } from "../../src/faults/fault.ts";
import type { Place } from "../../src/harness/place.ts";
import { PostgresObserver } from "../../src/harness/postgres-observer.ts";
import type { Site } from "../../src/harness/site.ts";
import { judged } from "./judged.ts";

interface Setup {
  readonly site: Site;
  readonly server: Postgres;
  /** Of the experiment's own database. */
  readonly url: string;
  /** The queue there, as reached by that URL. */
  at(url: string): Place;
  readonly fault: FaultName | undefined;
}

/** Does something to processes on a server that have the fault, or none, and judges it. */
export type PostgresExperiment = (setup: Setup) => Promise<readonly Violation[]>;

/** What such an experiment shows, on a site and a database of its own. */
export function judgedOnPostgres(
  experiment: PostgresExperiment,
  server: Postgres,
  fault: FaultName | undefined,
): Promise<readonly Violation[]> {
  return judged(async (site) => {
    const url = await server.createDatabase();
    const observer = await PostgresObserver.open({ url, schema: "turno" }, site.history);
    const at = (way: string) => ({ told: { postgres: { url: way, schema: "turno" } }, observer });
    try {
      return await experiment({ site, server, url, at, fault });
    } finally {
      await observer.close();
    }
  }, fault);
}
