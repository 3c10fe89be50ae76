import type { HistoryEvent, Violation } from "@turno/testkit";

interface Span {
  readonly from: number;
  readonly to: number;
}

/** How many jobs were completed meanwhile, as workers tell. */
export function completedDuring(events: readonly HistoryEvent[], { from, to }: Span): number {
  return events.filter(
    (event) =>
      event.kind === "told" && event.event === "completed" && event.at >= from && event.at <= to,
  ).length;
}

/** Each of those named got something done with the store in each quarter of the time. */
export function* workedAll(
  events: readonly HistoryEvent[],
  { from, to }: Span,
  names: readonly string[],
): Generator<Violation> {
  const quarterMs = (to - from) / 4;
  const done = events.filter(
    (event) => event.kind === "ok" || (event.kind === "told" && event.event === "completed"),
  );
  for (const name of names)
    for (let quarter = 0; quarter < 4; quarter++) {
      const start = from + quarter * quarterMs;
      const isDone = done.some(
        ({ process, at }) => process === name && at >= start && at <= start + quarterMs,
      );
      if (!isDone)
        yield {
          promise: "work goes on meanwhile",
          what: `${name} got nothing done in quarter ${quarter + 1} of ${Math.round(to - from)} ms`,
        };
    }
}
