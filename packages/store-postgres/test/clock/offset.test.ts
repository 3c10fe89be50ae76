import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { narrowed, nowBy, type Offset } from "../../src/clock/offset.ts";

describe("the difference of two clocks", () => {
  it("is known to half of what an answer takes", () => {
    const offset = narrowed(undefined, 1_000_000, 100, 110);
    expect(nowBy(offset, 110)).toBeGreaterThanOrEqual(1_000_000);
    expect(nowBy(offset, 110)).toBeLessThanOrEqual(1_000_011);
  });

  it("is never further off than the quickest answer so far has left open, but for what clocks drift", () => {
    const answers = fc.array(
      fc.record({
        pauseMs: fc.integer({ min: 0, max: 1_000 }),
        thereMs: fc.nat(500),
        backMs: fc.nat(500),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(answers, fc.integer({ min: -1_000_000, max: 1_000_000 }), (all, difference) => {
        let offset: Offset | undefined;
        let at = 0;
        let quickest = Number.POSITIVE_INFINITY;
        for (const { pauseMs, thereMs, backMs } of all) {
          const sentAt = at + pauseMs;
          const heardAt = sentAt + thereMs + backMs;
          offset = narrowed(offset, Math.floor(sentAt + thereMs + difference), sentAt, heardAt);
          quickest = Math.min(quickest, thereMs + backMs);
          at = heardAt;
          const drifted = at * 0.0002 * 2;
          expect(Math.abs(nowBy(offset, at) - (at + difference))).toBeLessThanOrEqual(
            quickest / 2 + 1 + drifted,
          );
        }
      }),
    );
  });

  it("is learned anew when the other clock was set", () => {
    const before = narrowed(undefined, 5_000, 100, 102);
    const after = narrowed(before, 3_600_000, 200, 204);
    expect(nowBy(after, 204)).toBeCloseTo(3_600_000, -1);
  });

  it("stays what it was when a slow answer says nothing new", () => {
    const before = narrowed(undefined, 5_000, 100, 101);
    const after = narrowed(before, 5_500, 110, 5_110);
    expect(nowBy(after, 200)).toBeCloseTo(nowBy(before, 200), 0);
  });
});
