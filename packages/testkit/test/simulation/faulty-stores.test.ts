import { MemoryStore } from "@turno/core";
import { describe, expect, it } from "vitest";
import { firstDifference } from "../../src/simulation/first-difference.ts";
import { scriptOf } from "../../src/simulation/scripts.ts";
import { simulate } from "../../src/simulation/simulate.ts";
import { faultyClaims } from "../faulty-stores/faulty-claims.ts";
import { faultyRecords } from "../faulty-stores/faulty-records.ts";
import type { FaultyStores } from "../faulty-stores/faulty-stores.ts";
import { faultyTimes } from "../faulty-stores/faulty-times.ts";
import { faultyViews } from "../faulty-stores/faulty-views.ts";
import { faultyWrites } from "../faulty-stores/faulty-writes.ts";
import type { PlainStore } from "../plain-store.ts";

/** Queues and workers ask for nothing that would show these, or too rarely. */
const OUT_OF_SIGHT = new Set([
  "takes any later revision",
  "says that a job's key is taken before it says that the job is stale",
  "lets a worker go that has beaten since",
  "leaves the states aside where types are given",
  "takes an empty list of states for all",
  "counts failed jobs as pending",
  "keeps what finished at the very instant",
  "prunes more than the limit",
  "tidies payloads up",
]);

const faultyStores: FaultyStores = {
  ...faultyWrites,
  ...faultyClaims,
  ...faultyTimes,
  ...faultyViews,
  ...faultyRecords,
};

const SEEDS = 20;
const scripts = Array.from({ length: SEEDS }, (_, index) => scriptOf(index + 1, 300));
const memory = scripts.map(
  async (script) => (await simulate(new MemoryStore(), script, true)).trace,
);

describe("a simulation under faults finds a store that", () => {
  it.for(Object.entries(faultyStores).filter(([name]) => !OUT_OF_SIGHT.has(name)))(
    "%s",
    async ([, open]) => {
      expect(await firstToFail(open)).toBeDefined();
    },
  );
});

/** The first script by which it is found. */
async function firstToFail(open: () => PlainStore): Promise<number | undefined> {
  for (const [index, script] of scripts.entries()) {
    const { violations, trace } = await simulate(open(), script, true);
    if (violations.length > 0) return index;
    if (firstDifference(trace, (await memory[index]) ?? []) !== undefined) return index;
  }
  return undefined;
}
