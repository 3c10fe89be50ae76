import { described } from "../describe.ts";
import type { History } from "../history.ts";
import type { JobHistory } from "../job-history.ts";
import { wasSilent } from "../loss.ts";
import type { Run } from "../run.ts";
import { mayBeOutOfTime } from "../run-end.ts";
import { coveredMs, merged } from "../span.ts";

const UNSETTLED_MS = 300;

/**
 * A handler returns once in a life of its job; again only where its process was lost before the store had got the first
 * result, was silent, or had trouble with its store, or where the handler had been told to end
 * or its process asked to.
 */
export function* doneTwiceWithCause(history: History): Generator<string> {
  for (const job of history.jobs.values()) {
    const done = job.runs.filter(({ end }) => end?.how === "returned");
    if (done.length < 2) continue;
    const counting = done.filter((run) => !isExcused(history, job, run));
    const last = counting.at(-1);
    if (last === undefined || counting.length <= job.livesBefore(last.startedAt)) continue;
    yield `job ${job.id} was done ${done.length} times: ${done.map((run) => described(history, run)).join(", ")}`;
  }
}

/** Whether the run may have returned in vain. */
function isExcused(history: History, job: JobHistory, run: Run): boolean {
  const { process, abort, startedAt, endedAt } = run;
  const { unsettledMs = UNSETTLED_MS } = history.terms;
  if (abort !== undefined && abort.at <= endedAt) return true;
  // A handler that does not look at its signal is failed when its worker stops, and cannot tell.
  if (process.askedAt <= endedAt) return true;
  if (mayBeOutOfTime(job, run)) return true;
  if (process.hadTroubleBetween(startedAt, endedAt + unsettledMs + process.leaseMs)) return true;
  // What was lost later than that had been stored before, and nobody takes it over.
  const still = merged([...process.idle, ...history.standstills], 0);
  const isUnsettled = (at: number) => at - endedAt - coveredMs(still, endedAt, at) <= unsettledMs;
  if (isUnsettled(process.lostAt)) return true;
  const by = Math.max(...job.runs.map((other) => (other === run ? 0 : other.startedAt)));
  return wasSilent(history, process, startedAt, by, isUnsettled);
}
