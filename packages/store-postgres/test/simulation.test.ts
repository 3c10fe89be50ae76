import { openPostgresStore } from "@turno/store-postgres";
import { checkUnderFaults } from "@turno/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import { openOnPglite } from "./pglite.ts";
import { freshSchema, needPostgres } from "./postgres-url.ts";

// For a long search: TURNO_RUNS=1000 TURNO_STEPS=3000 TURNO_SEED=7.
const { TURNO_RUNS = "12", TURNO_STEPS = "60", TURNO_SEED = "1" } = process.env;
const [runs, steps, seed] = [Number(TURNO_RUNS), Number(TURNO_STEPS), Number(TURNO_SEED)];
const timeout = 120_000 + runs * steps * 10;

it("PGlite answers as MemoryStore does, and queues and workers on it keep their promises, under faults", {
  timeout,
}, async () => {
  const open = async () => (await openOnPglite()).store;
  const tried = await checkUnderFaults({ open, runs, steps, seed });
  expect(tried.runs).toBe(runs);
});

describe("on a server", () => {
  beforeEach(needPostgres);

  it("Postgres answers as MemoryStore does, and queues and workers on it keep their promises, under faults", {
    timeout,
  }, async () => {
    const open = () => {
      const { url, schema } = freshSchema();
      return openPostgresStore(url, { schema });
    };
    // Other scripts than those above.
    const tried = await checkUnderFaults({ open, runs, steps, seed: seed + runs });
    expect(tried.runs).toBe(runs);
  });
});
