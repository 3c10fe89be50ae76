import type { Test } from "./test.ts";

/** The first probe has at most so many jobs. */
const FIRST = 1_000;
const FIRST_SHARE = 20;

/** A probe that took so large a share of the budget tells enough. */
const TELLING = 1 / 4;

/** After a first probe so far beyond the budget no larger one is tried; one that is not may have had a bad moment. */
const HOPELESS = 4;

/** Of fewer jobs than this share, and than so many, a figure would say little about a queue that takes them in batches. */
const LEAST_SHARE = 50;
const LEAST = 500;

interface Probe {
  readonly jobs: number;
  readonly took: number;
}

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
  const least = Math.min(LEAST, Math.ceil(n / LEAST_SHARE));
  const within = (fits: number) => (fits >= n ? n : Math.max(least, rounded(fits)));
  const probe = async (jobs: number): Promise<Probe> => ({ jobs, took: await seconds(jobs) });

  let last = await probe(Math.min(FIRST, Math.ceil(n / FIRST_SHARE)));
  if (last.took * (n / last.jobs) < budgetS || last.took > budgetS * HOPELESS)
    return within(last.jobs * (budgetS / last.took));
  for (;;) {
    const next = await probe(Math.min(n, last.jobs * 5));
    const fits = fitting(last, next, budgetS);
    const isTelling = next.took > budgetS * TELLING || next.jobs === n;
    if (isTelling || fits >= n * 2) return within(fits);
    last = next;
  }
}

/** How many fit, by what more jobs cost: to open and to close is for nothing. */
function fitting(last: Probe, next: Probe, budgetS: number): number {
  const power = Math.log(next.took / last.took) / Math.log(next.jobs / last.jobs);
  // What is somewhat worse than linear will be worse with more of them.
  if (power > 1.1) return next.jobs * Math.sqrt(budgetS / next.took);
  const each = (next.took - last.took) / (next.jobs - last.jobs);
  return budgetS / Math.max(each, Number.EPSILON);
}

/** Two digits are enough. */
function rounded(jobs: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(jobs)) - 1);
  return Math.max(1, Math.floor(jobs / unit) * unit);
}
