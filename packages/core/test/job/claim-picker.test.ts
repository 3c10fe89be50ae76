import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClaimLimits, claimPicker } from "../../src/job/claim-picker.ts";

type Candidate = Parameters<ReturnType<typeof claimPicker>>[0];

const jobs: fc.Arbitrary<Candidate[]> = fc.array(
  fc
    .record({
      type: fc.constantFrom("a", "b", "c"),
      attempt: fc.nat({ max: 2 }),
      left: fc.nat({ max: 3 }),
    })
    .map(({ type, attempt, left }) => ({ type, attempt, maxAttempts: attempt + 1 + left })),
  { maxLength: 30 },
);
const limits: fc.Arbitrary<ClaimLimits> = fc.record({
  limit: fc.nat({ max: 12 }),
  slots: fc.option(fc.nat({ max: 12 }), { nil: undefined }),
  limitOf: fc.option(
    fc
      .dictionary(fc.constantFrom("a", "b", "c"), fc.nat({ max: 4 }))
      .map((entries) => new Map(Object.entries(entries))),
    { nil: undefined },
  ),
});

describe("a claim", () => {
  it("takes no more than its limit, and of a type no more than the type's", () => {
    fc.assert(
      fc.property(jobs, limits, (candidates, claim) => {
        const taken = takenOf(candidates, claim);
        expect(taken.length).toBeLessThanOrEqual(claim.limit);
        for (const [type, most] of claim.limitOf ?? []) {
          expect(taken.filter((job) => job.type === type).length).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it("keeps no job waiting that losing one attempt would bury", () => {
    fc.assert(
      fc.property(jobs, limits, (candidates, claim) => {
        const waiting = takenOf(candidates, claim).slice(claim.slots ?? claim.limit);
        for (const { attempt, maxAttempts } of waiting) {
          expect(attempt + 1).toBeLessThan(maxAttempts);
        }
      }),
    );
  });

  it("passes over jobs only where their type has its limit", () => {
    fc.assert(
      fc.property(jobs, limits, (candidates, claim) => {
        const verdictOn = claimPicker(claim);
        const taken = new Map<string, number>();
        for (const job of candidates) {
          const verdict = verdictOn(job);
          if (verdict === "stop") return;
          const count = taken.get(job.type) ?? 0;
          if (verdict === "skip type") expect(count).toBe(claim.limitOf?.get(job.type));
          else taken.set(job.type, count + 1);
        }
      }),
    );
  });

  it("takes all it can where no job is on its last attempt", () => {
    fc.assert(
      fc.property(jobs, limits, (candidates, { limit, limitOf }) => {
        const safe = candidates.map((job) => ({ ...job, maxAttempts: 99 }));
        const rest = new Map(limitOf);
        const wanted = safe.filter(({ type }) => {
          const left = rest.get(type) ?? Infinity;
          rest.set(type, left - 1);
          return left > 0;
        });
        expect(takenOf(safe, { limit, limitOf, slots: 0 })).toEqual(wanted.slice(0, limit));
      }),
    );
  });

  it("stops at a job that must not wait, so that nothing overtakes it", () => {
    const verdictOn = claimPicker({ limit: 9, slots: 1 });
    const patient = { type: "a", attempt: 0, maxAttempts: 25 };
    const lastChance = { type: "a", attempt: 24, maxAttempts: 25 };
    expect([patient, patient, lastChance].map(verdictOn)).toEqual(["take", "take", "stop"]);
  });

  it("takes a job on its last attempt into a slot", () => {
    const lastChance = { type: "a", attempt: 0, maxAttempts: 1 };
    expect([lastChance, lastChance].map(claimPicker({ limit: 9, slots: 1 }))).toEqual([
      "take",
      "stop",
    ]);
    expect([lastChance, lastChance].map(claimPicker({ limit: 9 }))).toEqual(["take", "take"]);
  });
});

function takenOf(candidates: readonly Candidate[], claim: ClaimLimits): Candidate[] {
  const verdictOn = claimPicker(claim);
  const taken: Candidate[] = [];
  for (const job of candidates) {
    const verdict = verdictOn(job);
    if (verdict === "stop") break;
    if (verdict === "take") taken.push(job);
  }
  return taken;
}
