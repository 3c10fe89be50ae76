import type { Evidence, HistoryEvent } from "@turno/testkit";
import { figure } from "../figure.ts";

/** What a verdict tells of the jobs. */
export interface Tally {
  /** Acknowledged as added. */
  readonly acknowledged: number;
  /** Acknowledged, and not in the store, or not finished. */
  readonly lost: number;
  /** Started again, though no handler had thrown. */
  readonly ranAgain: number;
  /** Whose handler returned more than once. */
  readonly completedTwice: number;
}

/** Counts jobs; it judges nothing. */
export function tally({ events, jobs }: Evidence): Tally {
  const finished = new Set(jobs.filter(({ state }) => FINISHED.has(state)).map(({ id }) => id));
  const added = [...addedIn(events)];
  const runs = [...runsIn(events).values()];
  return {
    acknowledged: added.length,
    lost: added.filter((id) => !finished.has(id)).length,
    ranAgain: runs.filter(({ starts, throws }) => starts > throws + 1).length,
    completedTwice: runs.filter(({ returns }) => returns > 1).length,
  };
}

/** `100,000 jobs: 0 lost, 1,204 ran again, 12 completed twice`. */
export function tallyText({ acknowledged, lost, ranAgain, completedTwice }: Tally): string {
  return (
    `${figure(acknowledged, "job")}: ${figure(lost)} lost, ${figure(ranAgain)} ran again, ` +
    `${figure(completedTwice)} completed twice`
  );
}

const FINISHED = new Set(["completed", "dead", "cancelled"]);

function* addedIn(events: readonly HistoryEvent[]): Generator<string> {
  for (const event of events)
    if (event.kind === "ok") for (const { id, added } of event.enqueued ?? []) if (added) yield id;
}

interface Runs {
  starts: number;
  returns: number;
  throws: number;
}

/** How often each job's handler was called, and how that ended. */
function runsIn(events: readonly HistoryEvent[]): ReadonlyMap<string, Runs> {
  const byJob = new Map<string, Runs>();
  const byRun = new Map<string, Runs>();
  for (const event of events) {
    if (event.kind === "start") {
      const runs = byJob.get(event.id) ?? { starts: 0, returns: 0, throws: 0 };
      runs.starts++;
      byJob.set(event.id, runs);
      byRun.set(event.run, runs);
    }
    const ended = event.kind === "end" ? byRun.get(event.run) : undefined;
    if (ended === undefined || event.kind !== "end") continue;
    if (event.how === "returned") ended.returns++;
    else ended.throws++;
  }
  return byJob;
}
