import { holdsKey, type Job } from "@turno/core";
import type { SeenJob } from "./event.ts";

/** A job of a store, as a history tells of it; `run` where its result is `{ run }`. */
export function seenJob(job: Job): SeenJob {
  const { id, type, state, attempt, revision, maxAttempts } = job;
  return {
    id,
    type,
    state,
    attempt,
    revision,
    maxAttempts,
    run: "result" in job && job.result !== undefined ? runOf(job.result) : undefined,
    holdsKey: holdsKey(job) ? job.uniqueKey : undefined,
  };
}

function runOf(result: string): string | undefined {
  return (JSON.parse(result) as { readonly run?: string }).run;
}
