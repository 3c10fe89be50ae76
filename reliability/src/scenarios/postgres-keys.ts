import { onPostgres } from "../harness/postgres-server.ts";
import type { Scenario } from "../scenario.ts";
import { raceForKeys } from "./unique-keys.ts";

const SIZES = { short: { raceMs: 2_500 }, long: { raceMs: 40_000 } };

/** Processes enqueue, retry, cancel and prune jobs of the same few keys on one server, while workers finish them. */
export const postgresKeys: Scenario = {
  name: "postgres-keys",
  promise: "whoever races for a unique key on a Postgres, one live job holds it",
  run: (context) =>
    onPostgres(context.site, { leaseMs: 30_000 }, ({ place }) =>
      raceForKeys(context, place, SIZES[context.size]),
    ),
};
