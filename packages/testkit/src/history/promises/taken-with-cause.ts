import { described, time } from "../describe.ts";
import type { History } from "../history.ts";
import type { JobHistory, ToldEvent } from "../job-history.ts";
import { mayHaveLost, unstartedLosses } from "../loss.ts";
import type { Run } from "../run.ts";
import { gaveBack, leftUnsettled, toldBackBy } from "../run-end.ts";

/**
 * Nobody's job is taken away without need: whoever held a job that another abandons has ended, was silent for a lease,
 * had trouble with its store, or stopped before its handler had ended. Where a job is abandoned before any handler
 * was called, that must be so of some process.
 */
export function* takenWithCause(history: History): Generator<string> {
  for (const job of history.jobs.values()) {
    for (const tell of job.tells) {
      if (tell.event !== "abandoned" && tell.event !== "abandoned dead") continue;
      if (isExplained(history, job, tell)) continue;
      const runs = runsOf(job, tell);
      const held =
        runs.length === 0
          ? "which nobody had started, and no process was lost"
          : `which was held by ${runs.map((run) => described(history, run)).join(", ")}`;
      yield `${tell.process} abandoned attempt ${tell.attempt} of job ${job.id} at ${time(history, tell.at)}, ${held}`;
    }
  }
}

function isExplained(history: History, job: JobHistory, tell: ToldEvent): boolean {
  const { at, attempt = 0 } = tell;
  const runs = runsOf(job, tell);
  if (runs.some((run) => mayHaveLost(history, run.process, run.startedAt, at))) return true;
  if (runs.some((run) => leftUnsettled(run, at))) return true;
  const isHolderKnown =
    !job.mayHaveBeenRetried && runs.some((run) => run.endedAt > at || !gaveBack(run, job.tells));
  return !isHolderKnown && unstartedLosses(history, job, attempt, at) > 0;
}

/** Those that may have held the job. */
function runsOf(job: JobHistory, { attempt, at }: ToldEvent): readonly Run[] {
  const back = toldBackBy(job, at);
  return job.runs.filter((run) => run.attempt === attempt && run.startedAt <= at && !back.has(run));
}
