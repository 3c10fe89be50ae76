/** Every state a job can be in, in the order in which they are shown. */
export const JOB_STATES = [
  "pending",
  "failed",
  "running",
  "completed",
  "dead",
  "cancelled",
] as const;

export type JobState = (typeof JOB_STATES)[number];

/** The states that a job leaves only by a retry. */
export const FINISHED_STATES = ["completed", "dead", "cancelled"] as const;

export type FinishedState = (typeof FINISHED_STATES)[number];

export function isFinishedState(state: JobState): state is FinishedState {
  return state === "completed" || state === "dead" || state === "cancelled";
}
