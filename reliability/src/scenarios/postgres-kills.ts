import { onPostgres } from "../harness/postgres-server.ts";
import type { Scenario } from "../scenario.ts";
import { killAll } from "./kills.ts";

/** A killed worker is noticed after that at the latest. */
const LEASE_MS = 3_000;

const SIZES = {
  // Beside other tests a process may get its turn late.
  short: { kills: 6, jobs: 300, rerunWithinMs: LEASE_MS + 10_000, unsettledMs: 5_000 },
  long: { kills: 200, jobs: 8_000, rerunWithinMs: LEASE_MS + 3_000, unsettledMs: 2_000 },
};

/** Producers and workers on one server are killed at random moments, and replaced at once. */
export const postgresKills: Scenario = {
  name: "postgres-kills",
  promise:
    "whenever processes on a Postgres are killed, no acknowledged job is lost, and none runs again without cause",
  run: (context) =>
    onPostgres(context.site, { leaseMs: LEASE_MS }, ({ place }) =>
      killAll(context, place, SIZES[context.size]),
    ),
};
