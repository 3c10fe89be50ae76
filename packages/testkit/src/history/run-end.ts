import type { JobHistory, ToldEvent } from "./job-history.ts";
import type { Run } from "./run.ts";
import { SLACK_MS } from "./slack.ts";

/** Whether its worker may have left before it had settled the run: the handler did not end in time, or was told to. */
export function leftUnsettled({ end, abort, process }: Run, by: number): boolean {
  const exitedAt = process.exitedInPeace ? process.endedAt : Number.POSITIVE_INFINITY;
  const leftAt = Math.min(process.stoppedAt, exitedAt);
  if (leftAt === Number.POSITIVE_INFINITY || leftAt > by + SLACK_MS) return false;
  return end === undefined || end.at >= leftAt || (abort !== undefined && abort.at <= end.at);
}

/** Whether the run was told to end, or its worker has settled it, by `by`. */
export function wasEndedBy(run: Run, tells: readonly ToldEvent[], by: number): boolean {
  if (run.abort !== undefined && run.abort.at <= by + SLACK_MS) return true;
  return tells.some((tell) => isOf(run, tell) && tell.at <= by + SLACK_MS);
}

/** Whether the run gave its attempt back, or may have: it was snoozed, or its worker stopped. */
export function gaveBack(run: Run, tells: readonly ToldEvent[]): boolean {
  const { end, abort, process, startedAt, endedAt } = run;
  if (end?.how === "snoozed" || process.hadTroubleBetween(startedAt, endedAt + SLACK_MS))
    return true;
  const told = tells.filter((tell) => isOf(run, tell));
  if (told.some(givesBack)) return true;
  const mayBeReleased =
    abort?.reason === "WorkerStopping" || leftUnsettled(run, Number.POSITIVE_INFINITY);
  return mayBeReleased && told.every(({ at }) => at < startedAt);
}

/** The runs of which it was told by `by` that they gave their attempt back. */
export function toldBackBy({ tells, runs }: JobHistory, by: number): ReadonlySet<Run> {
  const back = new Set<Run>();
  for (const tell of tells) {
    if (tell.at > by || !givesBack(tell)) continue;
    const run = runs.findLast((one) => isOf(one, tell) && one.startedAt <= tell.at);
    if (run !== undefined) back.add(run);
  }
  return back;
}

/** Whether the run may have been failed for the time it took; a handler that never looks at its signal tells nothing of it. */
export function mayBeOutOfTime(job: JobHistory, run: Run): boolean {
  const { abort, startedAt, endedAt } = run;
  if (abort?.reason === "JobTimedOut" || abort?.reason === "WorkerStopping") return true;
  const { timeoutMs = Number.POSITIVE_INFINITY } = job.origin?.job ?? {};
  if (endedAt - startedAt >= timeoutMs - SLACK_MS) return true;
  return job.tells.some(
    (tell) =>
      (tell.event === "failed" || tell.event === "dead") &&
      isOf(run, tell) &&
      tell.at >= startedAt &&
      tell.at < endedAt,
  );
}

function givesBack({ event }: ToldEvent): boolean {
  return event === "released" || event === "snoozed";
}

function isOf({ attempt, process }: Run, tell: ToldEvent): boolean {
  return tell.attempt === attempt && tell.process === process.name;
}
