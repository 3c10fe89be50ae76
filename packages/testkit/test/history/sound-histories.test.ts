import { judge } from "@turno/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { doings, evidenceOf } from "./faultless-queue.ts";
import { FAULTS } from "./faults.ts";

const SOUND = fc.sample(doings, { seed: 1, numRuns: 250 }).map(evidenceOf);

describe("the judge", () => {
  it("accuses no queue that keeps its promises", () => {
    fc.assert(
      fc.property(doings, (todo) => {
        expect(judge(evidenceOf(todo))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each(Object.entries(FAULTS))("finds out when %s", (_, [promise, fault]) => {
    const faulty = SOUND.flatMap((evidence) => fault(evidence) ?? []);
    expect(faulty.length).toBeGreaterThan(5);
    for (const evidence of faulty)
      expect(judge(evidence).map((violation) => violation.promise)).toContain(promise);
  });
});
