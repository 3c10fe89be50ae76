import type { Test } from "./test.ts";

/** The first probe has at most so many jobs. */
const FIRST = 1_000;
const FIRST_SHARE = 20;

/** A probe that took so large a share of the budget tells enough. */
const TELLING = 1 / 8;

/**
 * How many jobs a round has with a peer: as many as the test says or, where that would take more than its budget, so many as
 * fit into it. Probes grow until one tells enough: some peers are slower, the more jobs there are. `seconds` runs a round
 * of so many jobs and says how long it took, its preparation included.
 */
export async function calibrate(
  { n, budgetS }: Pick<Test, "n" | "budgetS">,
  seconds: (jobs: number) => Promise<number>,
): Promise<number> {
  if (budgetS === undefined) return n;
  let jobs = Math.min(FIRST, Math.ceil(n / FIRST_SHARE));
  let last: { readonly jobs: number; readonly took: number } | undefined;
  for (;;) {
    const took = await seconds(jobs);
    const power = last === undefined ? 1 : powerOf(took / last.took, jobs / last.jobs);
    const fits = Math.floor(jobs * (budgetS / took) ** (1 / power));
    if (fits >= n * 2) return n;
    if (took > budgetS * TELLING || fits < jobs * 3) return Math.min(n, rounded(fits));
    last = { jobs, took };
    jobs = Math.min(n, jobs * 5);
  }
}

/** By which power of the jobs the time grows: what is somewhat worse than linear will be worse with more of them. */
function powerOf(times: number, jobs: number): 1 | 2 {
  return Math.log(times) / Math.log(jobs) > 1.1 ? 2 : 1;
}

/** Two digits are enough. */
function rounded(jobs: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(jobs)) - 1);
  return Math.max(1, Math.floor(jobs / unit) * unit);
}
