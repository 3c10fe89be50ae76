import type { Evidence, HistoryEvent, Violation } from "@turno/testkit";
import type { Payload } from "../processes/behaviour.ts";

/** A handler that did not return, though it had a time by which to end. */
export interface Hang {
  readonly id: string;
  readonly process: string;
  readonly timeoutMs: number;
  readonly from: number;
  /** When its worker told what had become of the job, or when its process was lost. */
  readonly to: number;
  /** Whether its process was lost, or held up by another handler, before it was over. */
  readonly isDisturbed: boolean;
}

type Start = Extract<HistoryEvent, { kind: "start" }>;

export function hangsIn({ events }: Evidence): readonly Hang[] {
  const limits = new Map(limitsIn(events));
  const byProcess = Map.groupBy(events, (event) => ("of" in event ? event.of : event.process));
  return events.flatMap((event) => {
    if (event.kind !== "start") return [];
    const timeoutMs = limits.get(event.payload);
    const { does } = JSON.parse(event.payload) as Payload;
    if (timeoutMs === undefined || does.ends !== "hang") return [];
    return [hang(event, timeoutMs, byProcess.get(event.process) ?? [])];
  });
}

/** A handler that hangs is given up when its time is over, and at most `slackMs` later. */
export function* endsInTime(hangs: readonly Hang[], slackMs: number): Generator<Violation> {
  const promise = "handlers that hang are given up in time";
  for (const { id, process, timeoutMs, from, to, isDisturbed } of hangs) {
    if (isDisturbed || to - from <= timeoutMs + slackMs) continue;
    const took = to === Infinity ? "for ever" : `for ${Math.round(to - from)} ms`;
    yield { promise, what: `job ${id} hung in ${process} ${took}, with ${timeoutMs} ms to do so` };
  }
}

/** How many handlers began and returned in a process in which another one hung meanwhile. */
export function doneBeside({ events }: Evidence, hangs: readonly Hang[]): number {
  const hangsOf = Map.groupBy(hangs, ({ process }) => process);
  const startedAt = new Map<string, number>();
  let done = 0;
  for (const event of events) {
    if (event.kind === "start") startedAt.set(event.run, event.at);
    if (event.kind !== "end" || event.how !== "returned") continue;
    const began = startedAt.get(event.run) ?? -Infinity;
    const beside = hangsOf.get(event.process) ?? [];
    if (beside.some(({ from, to }) => from <= began && event.at <= to)) done++;
  }
  return done;
}

function* limitsIn(events: readonly HistoryEvent[]): Generator<readonly [string, number]> {
  for (const event of events) {
    if (event.kind !== "invoke" || event.does.name !== "enqueue") continue;
    for (const { payload, timeoutMs } of event.does.jobs)
      if (timeoutMs !== undefined) yield [payload, timeoutMs];
  }
}

function hang(start: Start, timeoutMs: number, events: readonly HistoryEvent[]): Hang {
  const { id, process, attempt, at: from } = start;
  const after = events.filter(({ at }) => at >= from);
  const told = after.find(
    (event) => event.kind === "told" && event.id === id && event.attempt === attempt,
  );
  const lost = after.find(({ kind }) => kind === "die" || kind === "killed" || kind === "exited");
  const to = Math.min(told?.at ?? Infinity, lost?.at ?? Infinity);
  const isLost = lost !== undefined && lost.at <= to;
  const isDisturbed = isLost || after.some(({ kind, at }) => kind === "block" && at <= to);
  return { id, process, timeoutMs, from, to, isDisturbed };
}
