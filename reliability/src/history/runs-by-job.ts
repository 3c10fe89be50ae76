import type { HistoryEvent } from "@turno/testkit";

type Start = Extract<HistoryEvent, { kind: "start" }>;
type End = Extract<HistoryEvent, { kind: "end" }>;

/** The calls of a job's handler, and how those that ended did. */
export interface Runs {
  readonly starts: readonly Start[];
  readonly ends: readonly End["how"][];
}

/** For each job that was started its runs; of a history that is in the order of its instants, or each process's is. */
export function runsByJob(events: readonly HistoryEvent[]): ReadonlyMap<string, Runs> {
  const byJob = new Map<string, { starts: Start[]; ends: End["how"][] }>();
  const byRun = new Map<string, { ends: End["how"][] }>();
  for (const event of events) {
    if (event.kind === "start") {
      const runs = byJob.get(event.id) ?? { starts: [], ends: [] };
      runs.starts.push(event);
      byJob.set(event.id, runs);
      byRun.set(event.run, runs);
    }
    if (event.kind === "end") byRun.get(event.run)?.ends.push(event.how);
  }
  return byJob;
}
