import { storeChecks } from "@turno/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { takeSteps } from "../src/property/check-against-model.ts";
import { sequencesOf } from "../src/property/arbitrary-step.ts";
import { faultyClaims } from "./faulty-stores/faulty-claims.ts";
import { faultyMoves } from "./faulty-stores/faulty-moves.ts";
import { faultyNotes } from "./faulty-stores/faulty-notes.ts";
import { faultyRecords, subtlyFaulty } from "./faulty-stores/faulty-records.ts";
import { faultyTimes } from "./faulty-stores/faulty-times.ts";
import { faultyViews } from "./faulty-stores/faulty-views.ts";
import { faultyWrites } from "./faulty-stores/faulty-writes.ts";
import type { PlainStore } from "./plain-store.ts";

const faultyStores = {
  ...faultyWrites,
  ...faultyClaims,
  ...faultyTimes,
  ...faultyViews,
  ...faultyNotes,
  ...faultyRecords,
};

/** The same in every run of this test, so that a fault is found always or never. */
const sequences = fc.sample(sequencesOf(60), { numRuns: 100, seed: 1 });

describe("an example finds a store that", () => {
  it.for(Object.entries({ ...faultyStores, ...subtlyFaulty, ...faultyMoves }))(
    "%s",
    async ([, open]) => {
      expect(await failingExample(open)).toBeDefined();
    },
  );
});

describe("a random sequence of commands finds a store that", () => {
  it.for(Object.entries(faultyStores))("%s", async ([, open]) => {
    expect(await failingSequence(open)).toBeDefined();
  });
});

/** The name of the first example that fails. */
async function failingExample(open: () => PlainStore): Promise<string | undefined> {
  for (const [topic, checks] of storeChecks({ open })) {
    for (const { name, run } of topic === "model" ? [] : checks) {
      if (await fails(run())) return name;
    }
  }
  return undefined;
}

/** The place of the first sequence after which the store differs from the model. */
async function failingSequence(open: () => PlainStore): Promise<number | undefined> {
  for (const [index, sequence] of sequences.entries()) {
    if (await fails(takeSteps({ open }, sequence))) return index;
  }
  return undefined;
}

async function fails(check: Promise<void>): Promise<boolean> {
  return await check.then(
    () => false,
    () => true,
  );
}
