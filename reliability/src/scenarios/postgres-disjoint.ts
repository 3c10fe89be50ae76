import { onPostgres } from "../harness/postgres-server.ts";
import type { Scenario } from "../scenario.ts";
import { takeAway } from "./disjoint.ts";

const SIZES = {
  // Beside other tests a process may get its turn late. A killed worker is noticed after three seconds;
  // so long jobs of its type have piled up when another one comes.
  short: { outages: 1, limits: { putBackMs: 15_000, againMs: 10_000, waitMs: 10_000 } },
  long: { outages: 10, limits: { putBackMs: 8_000, againMs: 4_000, waitMs: 6_000 } },
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
