import type { Evidence, HistoryEvent, Violation } from "@turno/testkit";

/** While no worker for a type was there. */
export interface Outage {
  readonly type: string;
  /** The workers that were killed. */
  readonly killed: ReadonlySet<string>;
  readonly from: number;
  /** When a worker for the type was there again. */
  readonly to: number;
  /** When none of its jobs was running any more, for all that is stored; infinite where that never was. */
  readonly putBackAt: number;
}

type Start = Extract<HistoryEvent, { kind: "start" }>;

/** A job that its process did not survive. */
export interface CutJob {
  readonly run: Start;
  readonly outage: Outage;
  /** When others told that they had put it back; undefined where nobody did before a worker for it was back. */
  readonly putBackBy: string | undefined;
  /** How long after the return of a worker it ran again; infinite where it did not. */
  readonly againMs: number;
}

/** The jobs that were running when a type's workers were killed. */
export function* cutJobs(
  { events, jobs }: Evidence,
  outages: readonly Outage[],
): Generator<CutJob> {
  const ended = new Set(events.flatMap((event) => (event.kind === "end" ? event.run : [])));
  const completedBy = new Map(jobs.map(({ id, run }) => [id, run]));
  const starts = startsByJob(events);
  for (const outage of outages) {
    const span = events.filter(({ at }) => at >= outage.from && at <= outage.to);
    for (const [id, runs] of starts) {
      const at = runs.findLastIndex((run) => outage.killed.has(run.process));
      const run = runs[at];
      // A handler that completes its job in a transaction may have done so just before.
      if (run === undefined || ended.has(run.run) || completedBy.get(id) === run.run) continue;
      const told = span.find(
        (event) => event.kind === "told" && event.id === id && event.event.startsWith("abandoned"),
      );
      const againMs = (runs[at + 1]?.at ?? Number.POSITIVE_INFINITY) - outage.to;
      yield { run, outage, putBackBy: told?.process, againMs };
    }
  }
}

/** Nothing ran twice but what a killed process had run before. */
export function* onlyCutJobsRunAgain(
  events: readonly HistoryEvent[],
  outages: readonly Outage[],
): Generator<Violation> {
  const killed = new Set(outages.flatMap((outage) => [...outage.killed]));
  for (const [id, runs] of startsByJob(events))
    for (const run of runs.slice(0, -1))
      if (!killed.has(run.process))
        yield {
          promise: "other types go on undisturbed",
          what: `job ${id} of type ${run.type} ran again after run ${run.run} of ${run.process}, which lived`,
        };
}

/** The longest that a job of another type waited that was acknowledged while a type had no worker. */
export function longestWaitMs(
  events: readonly HistoryEvent[],
  { type, from, to }: Outage,
): { readonly id: string; readonly ms: number } {
  const starts = startsByJob(events);
  const asked = new Map<string, readonly string[]>();
  let longest = { id: "none", ms: 0 };
  for (const event of events) {
    if (event.kind === "invoke" && event.does.name === "enqueue")
      asked.set(
        event.call,
        event.does.jobs.map((job) => job.type),
      );
    if (event.kind !== "ok" || event.at < from || event.at > to) continue;
    for (const [index, { id }] of (event.enqueued ?? []).entries()) {
      if (asked.get(event.call)?.[index] === type) continue;
      const ms = (starts.get(id)?.[0]?.at ?? Number.POSITIVE_INFINITY) - event.at;
      if (ms > longest.ms) longest = { id, ms };
    }
  }
  return longest;
}

function startsByJob(events: readonly HistoryEvent[]): ReadonlyMap<string, readonly Start[]> {
  return Map.groupBy(
    events.filter((event) => event.kind === "start"),
    ({ id }) => id,
  );
}
