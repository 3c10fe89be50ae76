import type { JobDefinition } from "../definition/job-definition.ts";
import { parse } from "../definition/parse.ts";
import type { RunningJob } from "../job/job.ts";
import { Fatal } from "../job/verdict.ts";
import type { Awaitable } from "../store/store.ts";

/** The payload as its handler gets it; throws what ends the job where it does not fit any more. */
export function readPayload(
  job: RunningJob,
  definition: JobDefinition | undefined,
): Awaitable<unknown> {
  return parse(definition?.payload, valueOf(job), "payload");
}

function valueOf(job: RunningJob): unknown {
  try {
    return JSON.parse(job.payload);
  } catch (cause) {
    throw new Fatal(`the stored payload of job ${job.id} is not JSON: somebody has changed it`, {
      cause,
    });
  }
}
