import { storeChecks, storeSuite } from "@turno/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sequencesOf } from "../src/property/arbitrary-step.ts";
import { takeSteps } from "../src/property/check-against-model.ts";
import type { Step } from "../src/property/step.ts";
import { faultyKills } from "./killable/faulty-kills.ts";
import { killable } from "./killable/killable.ts";
import { SharedStore } from "./killable/shared-store.ts";

storeSuite(
  "whose connections can be killed",
  killable(() => new SharedStore()),
);

const KILLING: readonly Step["do"][] = ["kill", "reload", "write and kill"];

/** The same in every run of this test, so that a fault is found always or never. */
const sequences = fc.sample(sequencesOf(60, { kills: true }), { numRuns: 100, seed: 1 });

describe("an example of a kill finds a store that", () => {
  it.for(Object.entries(faultyKills))("%s", async ([, { open }]) => {
    const examples = storeChecks(killable(open)).get("killed") ?? [];
    const failing: string[] = [];
    for (const { name, run } of examples) if (await fails(run())) failing.push(name);
    expect(failing).not.toEqual([]);
  });
});

describe("a random sequence with no other kills finds", () => {
  const faults = Object.entries(faultyKills).map(([name, { step, open }]) => ({
    name,
    step,
    open,
  }));
  it.for(faults)("by $step a store that $name", async ({ step, open }) => {
    const without = KILLING.filter((other) => other !== step);
    let found = false;
    for (const sequence of sequences) {
      const steps = sequence.filter(({ do: it }) => !without.includes(it));
      found ||= await fails(takeSteps(killable(open), steps));
    }
    expect(found).toBe(true);
  });
});

describe("commands that kill", () => {
  it("do nothing where nothing can be killed", async () => {
    const { kill: _, ...subject } = killable(() => new SharedStore());
    for (const sequence of sequences.slice(0, 20)) await takeSteps(subject, sequence);
  });
});

async function fails(check: Promise<void>): Promise<boolean> {
  return await check.then(
    () => false,
    () => true,
  );
}
