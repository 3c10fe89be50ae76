import { isFinishedState } from "./state.ts";
import type { Job } from "./job.ts";

/** Whether the job's unique key, if it has one, is taken because of it. */
export function holdsKey(job: Pick<Job, "uniqueKey" | "uniqueUntil" | "state">): boolean {
  return (
    job.uniqueKey !== undefined && (job.uniqueUntil === "pruned" || !isFinishedState(job.state))
  );
}
