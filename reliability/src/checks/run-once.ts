import type { HistoryEvent, Violation } from "@turno/testkit";
import { runsByJob } from "../history/runs-by-job.ts";

/** No job's handler was called twice. */
export function* runOnce(events: readonly HistoryEvent[]): Generator<Violation> {
  for (const [id, { starts }] of runsByJob(events)) {
    if (starts.length === 1) continue;
    const where = starts.map(({ run, process }) => `${run} of ${process}`).join(", ");
    yield { promise: "nothing runs twice", what: `job ${id}: ${where}` };
  }
}
