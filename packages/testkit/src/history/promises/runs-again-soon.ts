import { described, time } from "../describe.ts";
import type { History } from "../history.ts";
import type { JobHistory } from "../job-history.ts";
import type { ProcessHistory } from "../process-history.ts";
import type { Run } from "../run.ts";
import { coveredMs } from "../span.ts";
import { SLACK_MS } from "../slack.ts";

/** The first time a job loses its process by a sudden end, it runs again soon, where another worker had room for it. */
export function* runsAgainSoon(history: History): Generator<string> {
  const { rerunWithinMs } = history.terms;
  if (rerunWithinMs === undefined) return;
  const runsIn = Map.groupBy(history.runs.values(), (run) => run.process);
  for (const job of history.jobs.values()) {
    const cut = job.runs.find((run) => run.cutAt !== Number.POSITIVE_INFINITY);
    if (cut === undefined || !isFirstLoss(job, cut) || isFrozenAtEnd(cut)) continue;
    const { cutAt } = cut;
    const next = job.runs.find((run) => run.attempt > cut.attempt);
    // One that never runs again is lost, dead, or was completed by its handler in a transaction.
    if (next === undefined || next.startedAt <= cutAt + rerunWithinMs) continue;
    if (job.cancels.length > 0 || job.retries.length > 0 || cut.abort !== undefined) continue;
    const until = cutAt + rerunWithinMs;
    for (const process of history.processes.values()) {
      if (process === cut.process || !isThere(process, cut.type, cutAt, until)) continue;
      const slots = slotsOf(process);
      const isCounted = slots < Number.POSITIVE_INFINITY;
      if (isCounted && mostAtOnce(runsIn.get(process) ?? [], cutAt, until) >= slots) continue;
      yield `job ${job.id} lost its process at ${time(history, cutAt)} and ran again ${Math.round(next.startedAt - cutAt)} ms later, though ${process.name} had room: ${described(history, cut)}, ${described(history, next)}`;
      break;
    }
  }
}

/** A later loss waits like any other failure; so each attempt before must have come to an end of its own. */
function isFirstLoss({ runs, tells }: JobHistory, cut: Run): boolean {
  const ended = new Set<number>();
  for (const run of runs) if (run.end !== undefined) ended.add(run.attempt);
  for (let attempt = 1; attempt < cut.attempt; attempt++) if (!ended.has(attempt)) return false;
  return tells.every(
    ({ event, attempt = 0 }) => !event.startsWith("abandoned") || attempt >= cut.attempt,
  );
}

function isFrozenAtEnd({ process, startedAt, cutAt }: Run): boolean {
  return coveredMs(process.frozen, startedAt, cutAt) > 0;
}

/** Whether a worker for the type was there all the time, and heard. */
function isThere(process: ProcessHistory, type: string, from: number, to: number): boolean {
  return (
    process.worksOn(type, from - SLACK_MS, to) &&
    !process.hadTroubleBetween(from, to) &&
    coveredMs(process.idle, from, to) === 0
  );
}

function slotsOf({ works }: ProcessHistory): number {
  return works.reduce((sum, { concurrency = Number.POSITIVE_INFINITY }) => sum + concurrency, 0);
}

function mostAtOnce(runs: readonly Run[], from: number, to: number): number {
  const moves: { at: number; by: number }[] = [];
  for (const { startedAt, endedAt } of runs) {
    if (startedAt > to || endedAt < from) continue;
    moves.push({ at: Math.max(startedAt, from), by: 1 }, { at: endedAt, by: -1 });
  }
  moves.sort((a, b) => a.at - b.at || b.by - a.by);
  let now = 0;
  let most = 0;
  for (const { by } of moves) most = Math.max(most, (now += by));
  return most;
}
