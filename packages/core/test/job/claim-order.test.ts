import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareClaimOrder } from "../../src/job/claim-order.ts";

const places = fc.record({
  priority: fc.constantFrom(-1_000_000, 0, 0, 1, 1_000_000),
  runAt: fc.constantFrom(0, 5, 5, 6, 8.64e15),
  seq: fc.constantFrom(1, 2, 3, 2 ** 40 - 1),
});

describe("the order of claims", () => {
  it("is a total order: one of two comes first unless they are the same", () => {
    fc.assert(
      fc.property(places, places, (a, b) => {
        const same = a.priority === b.priority && a.runAt === b.runAt && a.seq === b.seq;
        expect(Math.sign(compareClaimOrder(a, b)) + Math.sign(compareClaimOrder(b, a))).toBe(0);
        expect(compareClaimOrder(a, b) === 0).toBe(same);
      }),
    );
  });

  it("is transitive", () => {
    fc.assert(
      fc.property(places, places, places, (...three) => {
        const [a, b, c] = three.toSorted(compareClaimOrder);
        if (a === undefined || b === undefined || c === undefined) throw new Error("three");
        expect(compareClaimOrder(a, b)).toBeLessThanOrEqual(0);
        expect(compareClaimOrder(b, c)).toBeLessThanOrEqual(0);
        expect(compareClaimOrder(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it("is the highest priority, then the earliest runAt, then the oldest", () => {
    fc.assert(
      fc.property(places, places, (a, b) => {
        const first = compareClaimOrder(a, b) < 0 ? a : b;
        const second = first === a ? b : a;
        expect(first.priority).toBeGreaterThanOrEqual(second.priority);
        if (first.priority !== second.priority) return;
        expect(first.runAt).toBeLessThanOrEqual(second.runAt);
        if (first.runAt === second.runAt) expect(first.seq).toBeLessThanOrEqual(second.seq);
      }),
    );
  });
});
