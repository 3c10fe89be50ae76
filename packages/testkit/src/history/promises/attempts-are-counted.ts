import { described, time } from "../describe.ts";
import type { History } from "../history.ts";
import type { JobHistory } from "../job-history.ts";
import type { Run } from "../run.ts";
import { gaveBack } from "../run-end.ts";

/** No attempt is made beyond `maxAttempts`, and none is made twice in one life unless it was given back. */
export function* attemptsAreCounted(history: History): Generator<string> {
  for (const job of history.jobs.values()) {
    yield* withinMax(history, job);
    if (job.runs.length > 1) yield* eachOnce(history, job);
  }
}

function* withinMax(history: History, { id, maxAttempts, runs, seen, final }: JobHistory) {
  if (maxAttempts === undefined) return;
  for (const run of runs)
    if (run.attempt > maxAttempts || run.attempt < 1)
      yield `job ${id} may be attempted ${maxAttempts} times, but was run by ${described(history, run)}`;
  const most = Math.max(final?.attempt ?? 0, ...seen.map(({ job }) => job.attempt));
  if (most > maxAttempts)
    yield `job ${id} may be attempted ${maxAttempts} times, but was stored with attempt ${most}`;
}

function* eachOnce(history: History, job: JobHistory): Generator<string> {
  const charged = new Map<number, Run[]>();
  for (const run of job.runs) {
    // One that had not come to its end when it began again was given back without having been told so yet.
    const before = charged.get(run.attempt)?.filter((one) => one.endedAt < run.startedAt);
    if (before !== undefined && before.length >= job.livesBefore(run.startedAt)) {
      const runs = before.map((one) => described(history, one)).join(", ");
      yield `job ${job.id} was run again as attempt ${run.attempt} at ${time(history, run.startedAt)}, though that was charged already: ${runs}`;
    }
    if (gaveBack(run, job.tells)) continue;
    charged.set(run.attempt, [...(charged.get(run.attempt) ?? []), run]);
  }
}
