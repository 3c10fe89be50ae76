import { type Counts, JOB_STATES, type JobState } from "@turno/core";
import type { Statements } from "./statements.ts";
import type { Steps } from "./steps.ts";

/** How many row numbers are counted at once. */
const PART = 5_000;

/**
 * How many jobs there are in each state. A job that is written between two steps is counted once, as it was or as it
 * is; one that is added then is left out.
 */
export function* countJobs({ lastSeq, firstAfter, countRange }: Statements): Steps<Counts> {
  const counts = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<
    JobState,
    number
  >;
  const last = Number(lastSeq.get()?.["seq"]);
  for (let done = 0; done < last; ) {
    // Where rows were pruned, there may be a million numbers without a row.
    const from = Number(firstAfter.get(done)?.["seq"] ?? last);
    done = Math.min(from + PART - 1, last);
    const row = countRange.get(from, done);
    for (const state of JOB_STATES) counts[state] += Number(row?.[state]);
    if (done < last) yield;
  }
  return counts;
}
