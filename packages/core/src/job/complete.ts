import { carriedOver } from "./carried-over.ts";
import type { Instant } from "./instant.ts";
import type { CompletedJob, RunningJob } from "./job.ts";
import type { JsonText } from "./json-text.ts";

/** The job is done; `result` is kept until the job is pruned. */
export function complete(
  job: RunningJob,
  result: JsonText | undefined,
  now: Instant,
): CompletedJob {
  return { ...carriedOver(job), state: "completed", result, finishedAt: now };
}
