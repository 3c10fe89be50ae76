/** What was measured, in short: half of it was not more than `p50`. */
export interface Spread {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Throws where there is nothing. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const sample = sorted[Math.ceil(share * sorted.length) - 1];
    if (sample === undefined) throw new Error("nothing was measured");
    return sample;
  };
  return {
    count: sorted.length,
    min: at(1 / sorted.length),
    p50: at(0.5),
    p95: at(0.95),
    max: at(1),
  };
}
