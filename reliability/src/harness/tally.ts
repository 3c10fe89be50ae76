import type { Evidence } from "@turno/testkit";
import { figure } from "../figure.ts";
import { acknowledgedIn } from "../history/acknowledged.ts";
import { type Runs, runsByJob } from "../history/runs-by-job.ts";

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
  const added = Array.from(acknowledgedIn(events), ({ id }) => id);
  const runs = [...runsByJob(events).values()];
  return {
    acknowledged: added.length,
    lost: added.filter((id) => !finished.has(id)).length,
    ranAgain: runs.filter(({ starts, ends }) => starts.length > count(ends, false) + 1).length,
    completedTwice: runs.filter(({ ends }) => count(ends, true) > 1).length,
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

/** How many of the ends were a return, or were not. */
function count(ends: Runs["ends"], returned: boolean): number {
  return ends.filter((how) => (how === "returned") === returned).length;
}
