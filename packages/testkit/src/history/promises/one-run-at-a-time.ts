import { described, time } from "../describe.ts";
import type { History } from "../history.ts";
import type { JobHistory } from "../job-history.ts";
import { mayHaveLost, wasSilent } from "../loss.ts";
import type { Run } from "../run.ts";
import { leftUnsettled, wasEndedBy } from "../run-end.ts";
import { SLACK_MS } from "../slack.ts";

/**
 * A job is run once at a time, but beside a run whose process was silent for a lease or had trouble with its store, that
 * was told to end, or whose job was cancelled a moment ago.
 */
export function* oneRunAtATime(history: History): Generator<string> {
  for (const job of history.jobs.values()) {
    if (job.runs.length < 2) continue;
    let underWay: Run[] = [];
    for (const run of job.runs) {
      underWay = underWay.filter((other) => other.endedAt > run.startedAt);
      for (const other of underWay)
        if (!isExcused(history, job, other, run))
          yield `job ${job.id} was run twice at ${time(history, run.startedAt)}: ${described(history, other)} and ${described(history, run)}`;
      underWay.push(run);
    }
  }
}

function isExcused(history: History, job: JobHistory, before: Run, after: Run): boolean {
  return (
    isOver(history, job, before, after.startedAt) ||
    // Of two attempts the lower one was taken away, also where its handler was called late. A retry counts anew.
    ((before.attempt > after.attempt || job.mayHaveBeenRetried) && isLate(history, after))
  );
}

/** Whether the handler may have been called for a job that was not its process's any more. */
function isLate(history: History, { process, startedAt }: Run): boolean {
  return (
    wasSilent(history, process, startedAt, startedAt) ||
    process.hadTroubleBetween(startedAt - process.leaseMs, startedAt)
  );
}

/** Whether the run may not have held its job any more at `at`, and with good reason. */
function isOver(history: History, job: JobHistory, run: Run, at: number): boolean {
  return (
    wasEndedBy(run, job.tells, at) ||
    leftUnsettled(run, at) ||
    mayHaveLost(history, run.process, run.startedAt, at) ||
    job.cancels.some(
      ({ mayBeDone, invokedAt, answeredAt }) =>
        mayBeDone &&
        invokedAt <= at &&
        // Its worker hears of it with its next beat.
        at <= answeredAt + run.process.leaseMs + SLACK_MS,
    )
  );
}
