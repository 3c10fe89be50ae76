import { carriedOver } from "./carried-over.ts";
import type { Instant } from "./instant.ts";
import type { WaitingJob } from "./job.ts";

/** A waiting job waits until `runAt` instead. */
export function reschedule(job: WaitingJob, runAt: Instant, now: Instant): WaitingJob {
  return { ...carriedOver(job), state: job.state, runAt, ready: runAt <= now };
}
