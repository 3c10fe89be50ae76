import type { JobState } from "@turno/core";

/** The numbers by which rows name the states; what was published is never changed. Those below 2 wait. */
export const STATE_CODES = {
  pending: 0,
  failed: 1,
  running: 2,
  completed: 3,
  dead: 4,
  cancelled: 5,
} as const satisfies Record<JobState, number>;

/** The states whose jobs stand in an index of their own: few, and asked for. */
export const RARE_STATES: ReadonlySet<JobState> = new Set(["failed", "dead", "cancelled"]);
