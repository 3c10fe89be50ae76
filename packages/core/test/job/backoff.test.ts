import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkBackoff, MAX_SPAN_MS, retryDelay } from "../../src/job/backoff.ts";

const seqs = fc.integer({ min: 1, max: 2 ** 40 - 1 });
const attempts = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 1_000_000 }));
const kinds = fc.constantFrom("polynomial" as const, "exponential" as const, "fixed" as const);
const spans = fc.oneof(
  fc.integer({ min: 0, max: 10_000 }),
  fc.integer({ min: 0, max: MAX_SPAN_MS }),
);
const jitters = fc.double({ min: 0, max: 1, noNaN: true });
const backoffs = fc.record(
  { kind: kinds, baseMs: spans, capMs: spans, jitter: jitters },
  { requiredKeys: [] },
);

describe("the delay after a failed attempt", () => {
  it("is (attempt⁴ + 1) seconds by default, ± 10 %, and 24 hours at the most", () => {
    fc.assert(
      fc.property(seqs, fc.integer({ min: 1, max: 17 }), (seq, attempt) => {
        const middle = (attempt ** 4 + 1) * 1_000;
        const delay = retryDelay(undefined, seq, attempt);
        expect(delay).toBeGreaterThanOrEqual(Math.min(86_400_000, middle * 0.9));
        expect(delay).toBeLessThanOrEqual(Math.min(86_400_000, middle * 1.1));
      }),
    );
    expect(retryDelay(undefined, 1, 20)).toBe(86_400_000);
    expect(retryDelay({}, 1, 1_000_000)).toBe(86_400_000);
  });

  it("is a whole number from 0 to its cap, whatever the backoff", () => {
    fc.assert(
      fc.property(backoffs, seqs, attempts, (backoff, seq, attempt) => {
        const delay = retryDelay(backoff, seq, attempt);
        expect(Number.isSafeInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(backoff.capMs ?? 86_400_000);
      }),
      {
        examples: [
          [{ kind: "exponential", baseMs: 0 }, 1, 1_025],
          // The hash over this pair is 0, and so is the share that this jitter leaves of the delay.
          [{ kind: "exponential", jitter: 1 }, Math.imul(1_025, 0x9e3779b9) >>> 0, 1_025],
        ],
      },
    );
  });

  it("is the same for the same job and attempt", () => {
    fc.assert(
      fc.property(backoffs, seqs, attempts, (backoff, seq, attempt) => {
        expect(retryDelay(backoff, seq, attempt)).toBe(retryDelay({ ...backoff }, seq, attempt));
      }),
    );
  });

  it("doubles with each attempt where it is exponential, and stays where it is fixed", () => {
    const delays = (kind: "exponential" | "fixed") =>
      [1, 2, 3, 4, 11].map((attempt) => retryDelay({ kind, baseMs: 100, jitter: 0 }, 9, attempt));
    expect(delays("exponential")).toEqual([100, 200, 400, 800, 102_400]);
    expect(delays("fixed")).toEqual([100, 100, 100, 100, 100]);
  });

  it("is spread to both sides by the jitter, and by no more", () => {
    const backoff = { kind: "fixed", baseMs: 1_000_000, jitter: 0.5 } as const;
    const delays = Array.from({ length: 1_000 }, (_, seq) => retryDelay(backoff, seq + 1, 1));
    const shares = delays.map((delay) => (delay - 500_000) / 1_000_000);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...shares)).toBeLessThan(0.02);
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
    expect(Math.max(...shares)).toBeGreaterThan(0.98);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean).toBeCloseTo(0.5, 1);
  });

  it("takes jobs apart that failed together, and a job's attempts too", () => {
    const backoff = { kind: "fixed", baseMs: 1_000_000, jitter: 0.1 } as const;
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    const ofJobs = hundred.map((seq) => retryDelay(backoff, seq, 2));
    const ofAttempts = hundred.map((attempt) => retryDelay(backoff, 5, attempt));
    expect(new Set(ofJobs).size).toBeGreaterThan(95);
    expect(new Set(ofAttempts).size).toBeGreaterThan(95);
  });
});

describe("a backoff", () => {
  it("is taken as it is given", () => {
    fc.assert(
      fc.property(backoffs, (backoff) => {
        expect(checkBackoff(backoff)).toEqual(backoff);
      }),
    );
    expect(checkBackoff({ kind: undefined, baseMs: 5 })).toEqual({ baseMs: 5 });
  });

  it.for([
    [null, 'backoff must be an object such as { kind: "exponential", baseMs: 1000 }, but is null'],
    [5, 'backoff must be an object such as { kind: "exponential", baseMs: 1000 }, but is 5'],
    [{ base: 5 }, 'backoff has kind, baseMs, capMs and jitter, but not "base"'],
    [
      { kind: "linear" },
      'backoff.kind must be "polynomial", "exponential" or "fixed", but is "linear"',
    ],
    [{ baseMs: -1 }, "backoff.baseMs must be an integer from 0 to 3,153,600,000,000, but is -1"],
    [{ baseMs: 1.5 }, "backoff.baseMs must be an integer from 0 to 3,153,600,000,000, but is 1.5"],
    [{ capMs: "9" }, 'backoff.capMs must be an integer from 0 to 3,153,600,000,000, but is "9"'],
    [
      { capMs: Infinity },
      "backoff.capMs must be an integer from 0 to 3,153,600,000,000, but is Infinity",
    ],
    [{ jitter: 2 }, "backoff.jitter must be a number from 0 to 1, but is 2"],
    [{ jitter: Number.NaN }, "backoff.jitter must be a number from 0 to 1, but is NaN"],
  ] as const)("that is wrong is refused with what is wrong: %o", ([backoff, message]) => {
    expect(() => checkBackoff(backoff)).toThrow(message);
  });
});
