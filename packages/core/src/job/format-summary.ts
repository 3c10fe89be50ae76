import { checkInteger } from "./check-integer.ts";
import { JOB_STATES, type JobState } from "./state.ts";

/** How many jobs there are in each state. */
export type Counts = Readonly<Record<JobState, number>>;

/** One line that says how many jobs are in each state, always in the same order: `pending 2, failed 0, …`. */
export function formatSummary(counts: Counts): string {
  return JOB_STATES.map(
    (state) => `${state} ${checkInteger(Object(counts)[state], state, 0, Infinity)}`,
  ).join(", ");
}
