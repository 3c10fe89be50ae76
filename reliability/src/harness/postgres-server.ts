import { findPostgres } from "../../../scripts/servers/find-postgres.ts";
import { type Postgres, startPostgres } from "../../../scripts/servers/postgres.ts";
import type { Outcome } from "../scenario.ts";
import type { Place } from "./place.ts";
import { PostgresObserver } from "./postgres-observer.ts";
import type { Site } from "./site.ts";

/** A Postgres of the scenario's own, and a queue in it. */
export interface PostgresServer {
  readonly server: Postgres;
  /** Where the processes find the queue, if nothing is between it and them. */
  readonly place: Place & { readonly observer: PostgresObserver };
  /** As told to processes that reach it another way. */
  at(url: string): Place & { readonly leaseMs: number };
}

interface Options {
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly leaseMs: number;
}

const SCHEMA = "turno";

/** Every process has a pool, a worker a second one for its handlers. */
const SETTINGS = { max_connections: 300 };

/**
 * Runs a scenario on a Postgres that syncs each commit, and stops that after it; skips it with the reason where there is none.
 */
export async function onPostgres(
  site: Site,
  { settings, leaseMs }: Options,
  run: (server: PostgresServer) => Promise<Outcome>,
): Promise<Outcome> {
  const { missing } = await findPostgres("reliability");
  if (missing !== undefined) return { account: "", violations: [], skipped: missing };
  await using server = await startPostgres({ settings: { ...SETTINGS, ...settings } });
  const url = server.url();
  const observer = await PostgresObserver.open({ url, schema: SCHEMA }, site.history);
  const at = (other: string) => ({
    told: { postgres: { url: other, schema: SCHEMA } },
    observer,
    leaseMs,
  });
  try {
    return await run({ server, place: at(url), at });
  } finally {
    await observer.close();
  }
}
