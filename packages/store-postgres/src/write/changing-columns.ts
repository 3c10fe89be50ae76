import { holdsKey, type Job } from "@turno/core";
import { RARE_STATES, STATE_CODES } from "./state-codes.ts";

/** What can change in the life of a job, by the names of the columns. */
export function changingColumns(job: Job) {
  return {
    seq: job.seq,
    revision: job.revision,
    state: STATE_CODES[job.state],
    ready: "ready" in job && job.ready,
    run_at: job.runAt,
    attempt: job.attempt,
    claimed_at: job.claimedAt,
    finished_at: "finishedAt" in job ? job.finishedAt : undefined,
    worker: job.state === "running" ? job.worker : undefined,
    holds_key: holdsKey(job),
    result: job.state === "completed" ? job.result : undefined,
    failures: job.failures.length === 0 ? undefined : JSON.stringify(job.failures),
    rare: RARE_STATES.has(job.state) ? STATE_CODES[job.state] : undefined,
  };
}
