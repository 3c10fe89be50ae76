import type { HistoryEvent, Violation } from "@turno/testkit";

/** No job's handler was called twice. */
export function* runOnce(events: readonly HistoryEvent[]): Generator<Violation> {
  const starts = Map.groupBy(
    events.filter((event) => event.kind === "start"),
    ({ id }) => id,
  );
  for (const [id, runs] of starts) {
    if (runs.length === 1) continue;
    const where = runs.map(({ run, process }) => `${run} of ${process}`).join(", ");
    yield { promise: "nothing runs twice", what: `job ${id}: ${where}` };
  }
}
