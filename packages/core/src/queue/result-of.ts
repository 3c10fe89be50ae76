import type { JobDefinition } from "../definition/job-definition.ts";
import { parse } from "../definition/parse.ts";
import type { FinishedJob } from "../job/job.ts";
import type { JsonText } from "../job/json-text.ts";
import { JobCancelled, JobDead, JobGone } from "../job/outcome-error.ts";
import type { Awaitable } from "../store/store.ts";
import { StoreCorrupt } from "../store/store-error.ts";

/** The result of a finished job as its type's schema gives it out; throws where there is none. */
export function resultOf(
  id: string,
  job: FinishedJob | undefined,
  definition: JobDefinition | undefined,
): Awaitable<unknown> {
  switch (job?.state) {
    case "completed":
      if (job.result === undefined) return undefined;
      return parse(definition?.result, valueOf(id, job.result), "result");
    case "dead":
      throw new JobDead(
        `job ${id} (${job.type}) is dead${lastWords(job)}; queue.retry(id) starts it afresh`,
        job.failures.map((failure) => ({ ...failure })),
      );
    case "cancelled":
      throw new JobCancelled(
        `job ${id} (${job.type}) was cancelled, so it has no result; queue.retry(id) starts it afresh`,
      );
    case undefined:
      throw new JobGone(
        `there is no job ${id} any more: it was pruned, or never was; let \`retention\` keep results for as long as somebody may ask`,
      );
  }
}

function valueOf(id: string, result: JsonText): unknown {
  try {
    return JSON.parse(result);
  } catch (cause) {
    throw new StoreCorrupt(
      `job ${id} is completed, but its stored result is not JSON: somebody has changed it; restore it from a backup, or retry the job to run it again`,
      { cause },
    );
  }
}

function lastWords({ attempt, failures }: FinishedJob): string {
  const last = failures.at(-1);
  return last === undefined ? "" : ` after attempt ${attempt}: ${last.name}: ${last.message}`;
}
