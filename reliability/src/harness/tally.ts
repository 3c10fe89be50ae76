import type { Evidence } from "@turno/testkit";

/** What a verdict tells of the jobs. */
export interface Tally {
  /** Acknowledged as added. */
  readonly acknowledged: number;
  /** Acknowledged, and not in the store, or not finished. */
  readonly lost: number;
  /** Started more than once. */
  readonly ranAgain: number;
  /** Whose handler returned more than once. */
  readonly completedTwice: number;
}

/** Counts jobs; it judges nothing. */
export function tally({ events, jobs }: Evidence): Tally {
  const added = new Set<string>();
  const starts = new Map<string, number>();
  const returns = new Map<string, number>();
  const jobOf = new Map<string, string>();
  for (const event of events) {
    if (event.kind === "ok")
      for (const { id, added: isNew } of event.enqueued ?? []) if (isNew) added.add(id);
    if (event.kind === "start") {
      jobOf.set(event.run, event.id);
      starts.set(event.id, (starts.get(event.id) ?? 0) + 1);
    }
    if (event.kind === "end" && event.how === "returned") {
      const id = jobOf.get(event.run) ?? "";
      returns.set(id, (returns.get(id) ?? 0) + 1);
    }
  }
  const finished = new Set(jobs.filter(({ state }) => isFinished(state)).map(({ id }) => id));
  return {
    acknowledged: added.size,
    lost: [...added].filter((id) => !finished.has(id)).length,
    ranAgain: severalIn(starts),
    completedTwice: severalIn(returns),
  };
}

function isFinished(state: string): boolean {
  return state === "completed" || state === "dead" || state === "cancelled";
}

function severalIn(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].filter((count) => count > 1).length;
}
