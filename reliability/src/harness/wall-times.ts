import type { Evidence, HistoryEvent, Violation } from "@turno/testkit";

/** Between the setting of a clock and what is written down of it, and for what clocks round. */
const SLACK_MS = 100;

/**
 * Delayed jobs are first started when their time has come by some worker's clock, at any moment since they were
 * enqueued: whoever sees that a job is due makes it ready for all.
 */
export function* notBeforeTheirTime({ events }: Evidence): Generator<Violation> {
  const settings = Map.groupBy(
    events.filter((event) => event.kind === "jumped"),
    ({ of }) => of,
  );
  const clockOf = (process: string) => new Settings(settings.get(process) ?? []);
  const workers = events
    .filter(({ kind }) => kind === "works")
    .map((event) => clockOf(event.process));
  const startedAt = firstStarts(events);
  for (const { id, process, delayMs, invokedAt, answeredAt } of delayedIn(events)) {
    const at = startedAt.get(id);
    if (at === undefined) continue;
    const enqueuer = clockOf(process);
    const runAt = delayMs + Math.min(enqueuer.at(invokedAt), enqueuer.at(answeredAt));
    const latest = Math.max(...workers.map((clock) => clock.latest(invokedAt, at)));
    if (latest >= runAt - SLACK_MS) continue;
    const what = `job ${id} was started ${Math.round(runAt - latest)} ms before its time by any clock`;
    yield { promise: "delayed jobs wait for their time", what };
  }
}

/** What a process's wall clock showed, told from the monotonic one. */
class Settings {
  readonly #jumps: readonly { readonly at: number; readonly byMs: number }[];

  constructor(jumps: readonly { readonly at: number; readonly byMs: number }[]) {
    this.#jumps = jumps;
  }

  at(instant: number): number {
    let shown = instant;
    for (const { at, byMs } of this.#jumps) if (at <= instant) shown += byMs;
    return shown;
  }

  /** The latest that it showed from one instant to another: then, or just before it was set. */
  latest(from: number, to: number): number {
    let latest = Math.max(this.at(from), this.at(to));
    let ahead = 0;
    for (const { at, byMs } of this.#jumps) {
      // It is set a moment after that was written down.
      if (at >= from && at <= to) latest = Math.max(latest, at + ahead, at + ahead + byMs);
      ahead += byMs;
    }
    return latest;
  }
}

interface Delayed {
  readonly id: string;
  readonly process: string;
  readonly delayMs: number;
  readonly invokedAt: number;
  readonly answeredAt: number;
}

function* delayedIn(events: readonly HistoryEvent[]): Generator<Delayed> {
  const invoked = new Map<string, HistoryEvent & { readonly kind: "invoke" }>();
  for (const event of events) {
    if (event.kind === "invoke") invoked.set(event.call, event);
    if (event.kind !== "ok" || event.enqueued === undefined) continue;
    const call = invoked.get(event.call);
    if (call?.does.name !== "enqueue") continue;
    const { at: invokedAt, process } = call;
    for (const [index, { id, added }] of event.enqueued.entries()) {
      const delayMs = call.does.jobs[index]?.delayMs ?? 0;
      if (added && delayMs > 0) yield { id, process, delayMs, invokedAt, answeredAt: event.at };
    }
  }
}

function firstStarts(events: readonly HistoryEvent[]): ReadonlyMap<string, number> {
  const startedAt = new Map<string, number>();
  for (const event of events)
    if (event.kind === "start" && !startedAt.has(event.id)) startedAt.set(event.id, event.at);
  return startedAt;
}
