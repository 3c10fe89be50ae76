import { MAX_SPAN_MS } from "../job/backoff.ts";
import { checkInteger } from "../job/check-integer.ts";
import type { RunningJob } from "../job/job.ts";
import type { JobDefinition } from "./job-definition.ts";

/**
 * The delay that the backoff function of the job's type asks for; undefined where the job was given a backoff of its
 * own, where its type has no function, and where that fails: then numbers apply.
 */
export function ownBackoff(
  job: RunningJob,
  thrown: unknown,
  definition: JobDefinition | undefined,
): number | undefined {
  if (job.backoff !== undefined || typeof definition?.backoff !== "function") return undefined;
  try {
    return checkInteger(
      Math.round(definition.backoff(job.attempt, thrown)),
      "backoff(…)",
      0,
      MAX_SPAN_MS,
    );
  } catch {
    return undefined;
  }
}
