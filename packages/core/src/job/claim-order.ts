import type { Job } from "./job.ts";

/** Sorts ready jobs as they are claimed: highest priority, then earliest `runAt`, then oldest. */
export function compareClaimOrder(
  a: Pick<Job, "priority" | "runAt" | "seq">,
  b: Pick<Job, "priority" | "runAt" | "seq">,
): number {
  return b.priority - a.priority || a.runAt - b.runAt || a.seq - b.seq;
}
