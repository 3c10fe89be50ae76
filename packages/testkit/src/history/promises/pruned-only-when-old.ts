import { time } from "../describe.ts";
import { earliestFinish } from "../finish.ts";
import type { History } from "../history.ts";
import type { JobHistory } from "../job-history.ts";
import { SLACK_MS } from "../slack.ts";

/** Reading all of a large store takes a while, and who reads writes it down afterwards. */
const READING_MS = 1_000;

/** What is pruned was finished, and that for as long as finished jobs are kept. */
export function* prunedOnlyWhenOld(history: History): Generator<string> {
  const accused = new Set<JobHistory>();
  for (const { whole, jobs, at } of history.sightings) {
    if (!whole) continue;
    const there = new Set(jobs.map(({ id }) => id));
    for (const job of history.jobs.values()) {
      if (there.has(job.id) || accused.has(job) || job.storedAt > at - READING_MS) continue;
      if (mayBePruned(history, job, at)) continue;
      accused.add(job);
      yield `job ${job.id}, stored by ${time(history, job.storedAt)}, is not among all jobs at ${time(history, at)}, ${finished(history, job)}`;
    }
  }
  if (history.terms.retentionMs === undefined) return;
  for (const job of history.jobs.values()) {
    if (job.final !== undefined || accused.has(job)) continue;
    if (job.storedAt === Number.POSITIVE_INFINITY) continue;
    // One that nothing can have finished is lost, which is said elsewhere.
    const isLost = earliestFinish(history, job) === Number.POSITIVE_INFINITY;
    if (!isLost && !mayBePruned(history, job, history.endedAt))
      yield `job ${job.id} is not there in the end, ${finished(history, job)}`;
  }
}

function mayBePruned(history: History, job: JobHistory, at: number): boolean {
  const { retentionMs } = history.terms;
  if (retentionMs === undefined) return false;
  // Who finishes and who prunes may have different wall clocks.
  const keptMs = retentionMs - history.jumpedMs - SLACK_MS;
  return earliestFinish(history, job) + keptMs <= at;
}

function finished(history: History, job: JobHistory): string {
  const at = earliestFinish(history, job);
  if (at === Number.POSITIVE_INFINITY) return "though nothing can have finished it";
  return `though it was not finished before ${time(history, at)}`;
}
