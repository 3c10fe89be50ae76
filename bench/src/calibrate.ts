import type { Test } from "./test.ts";

/** The first probe has so small a share of the jobs. */
const PROBE = 20;

/** A peer that would take longer than this share of the budget is probed again, with more jobs: it may be worse than linear. */
const SUSPECT = 0.5;

/**
 * How many jobs a round has with a peer: as many as the test says or, where that would take more than its budget, so
 * many as fit into it. `seconds` runs a round of so many jobs and says how long it took, its preparation included.
 */
export async function calibrate(
  { n, budgetS }: Pick<Test, "n" | "budgetS">,
  seconds: (jobs: number) => Promise<number>,
): Promise<number> {
  if (budgetS === undefined) return n;
  let jobs = Math.ceil(n / PROBE);
  for (;;) {
    const took = await seconds(jobs);
    const fits = Math.min(n, Math.floor((jobs * budgetS) / took));
    const isQuick = took * (n / jobs) < budgetS * SUSPECT;
    if (isQuick || fits <= jobs * 2) return rounded(fits);
    jobs = Math.min(fits, jobs * 5);
    if (jobs === fits) return rounded(fits);
  }
}

/** Two digits are enough. */
function rounded(jobs: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(jobs)) - 1);
  return Math.max(1, Math.floor(jobs / unit) * unit);
}
