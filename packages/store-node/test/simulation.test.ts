import { openSqliteStore } from "@turno/store-node";
import { checkUnderFaults } from "@turno/testkit";
import { expect, it } from "vitest";

// For a long search: TURNO_RUNS=1000 TURNO_STEPS=3000 TURNO_SEED=7.
const { TURNO_RUNS = "30", TURNO_STEPS = "300", TURNO_SEED = "1" } = process.env;
const [runs, steps, seed] = [Number(TURNO_RUNS), Number(TURNO_STEPS), Number(TURNO_SEED)];

it("better-sqlite3 answers as MemoryStore does, and queues and workers on it keep their promises, under faults", {
  timeout: 60_000 + runs * steps,
}, async () => {
  const tried = await checkUnderFaults({
    open: () => openSqliteStore(":memory:"),
    runs,
    steps,
    seed,
  });
  expect(tried.runs).toBe(runs);
});
