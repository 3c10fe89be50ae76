import { afterAll, beforeAll, expect, it } from "vitest";
import { findPostgres } from "../../scripts/servers/find-postgres.ts";
import { type Postgres, startPostgres } from "../../scripts/servers/postgres.ts";
import type { FaultName } from "../src/faults/fault.ts";
import { acknowledgedAndEnded } from "./experiments/acknowledged-and-ended.ts";
import { answersCut } from "./experiments/answers-cut.ts";
import { judgedOnPostgres, type PostgresExperiment } from "./experiments/judged-on-postgres.ts";
import { unheard } from "./experiments/unheard.ts";

interface Plant {
  readonly fault: FaultName;
  /** Does what shows the fault. */
  readonly experiment: PostgresExperiment;
  /** Of the promises that it breaks, the one that names it. */
  readonly promise: string;
}

const PLANTS: readonly Plant[] = [
  {
    fault: "early acknowledgement",
    experiment: acknowledgedAndEnded,
    promise: "nothing lost",
  },
  { fault: "no fence", experiment: unheard, promise: "no stale settling" },
  { fault: "sent again", experiment: answersCut, promise: "nothing invented" },
  // The queue sends again what was refused.
  { fault: "lost for refused", experiment: answersCut, promise: "nothing invented" },
];

const EXPERIMENTS = Object.entries({ acknowledgedAndEnded, answersCut, unheard });

const { missing } = await findPostgres();
let server: Postgres;

beforeAll(async () => {
  if (missing === undefined) server = await startPostgres();
}, 60_000);

afterAll(() => server?.stop());

// Beside each other: all wait most of the time.
it.concurrent.for(PLANTS)(
  "$fault, on a server, breaks its promise",
  { timeout: 60_000 },
  async ({ fault, experiment, promise }, { skip }) => {
    skip(missing !== undefined, missing);
    const violations = await judgedOnPostgres(experiment, server, fault);
    expect(violations.map((violation) => violation.promise)).toContain(promise);
  },
);

it.concurrent.for(EXPERIMENTS)(
  "%s shows nothing where there is no fault",
  { timeout: 60_000 },
  async ([, experiment], { skip }) => {
    skip(missing !== undefined, missing);
    expect(await judgedOnPostgres(experiment, server, undefined)).toEqual([]);
  },
);
