import { onPostgres } from "../harness/postgres-server.ts";
import type { Scenario } from "../scenario.ts";
import { takeAway } from "./disjoint.ts";

const SIZES = {
  // Beside other tests a process may get its turn late. A killed worker is noticed after three seconds.
  short: { outages: 2, limits: { putBackMs: 15_000, againMs: 10_000, waitMs: 10_000 } },
  long: { outages: 30, limits: { putBackMs: 6_000, againMs: 2_000, waitMs: 1_000 } },
};

/** Each type has one worker on the server, and is without it for a while, again and again. */
export const postgresDisjoint: Scenario = {
  name: "postgres-disjoint",
  promise:
    "when the only worker of a type is killed, workers of other types on a Postgres put its jobs back before a lease is over",
  run: (context) =>
    onPostgres(context.site, { leaseMs: 30_000 }, ({ place }) =>
      takeAway(context, place, SIZES[context.size]),
    ),
};
