import type { Evidence, HistoryEvent, Violation } from "@turno/testkit";
import { runsByJob } from "../history/runs-by-job.ts";

/** Events by which a worker tells that a job was taken from somebody. */
const TAKEN = new Set(["abandoned", "abandoned dead", "lost"]);

/** Where no process is ever silent: no job is taken from its worker, and none runs again unless its handler threw. */
export function* undisturbed(evidence: Evidence): Generator<Violation> {
  for (const { process, event, id } of takenIn(evidence))
    yield { promise: "nobody is given up", what: `${process} told of job ${id}: ${event}` };
  for (const [id, { starts, ends }] of runsByJob(evidence.events)) {
    const throws = ends.filter((how) => how === "threw").length;
    if (starts.length <= 1 + throws) continue;
    const all = starts.map(({ run, attempt }) => `${run} as attempt ${attempt}`).join(", ");
    const what = `job ${id} ran ${starts.length} times, and threw ${throws} times: ${all}`;
    yield { promise: "nothing runs twice", what };
  }
  for (const event of evidence.events) {
    if (event.kind !== "abort") continue;
    const what = `${event.run} was told to: ${event.reason}`;
    yield { promise: "no handler is told to end", what };
  }
  for (const { id, state, attempt } of evidence.jobs) {
    if (state === "completed") continue;
    yield { promise: "everything is done", what: `job ${id} is ${state} after attempt ${attempt}` };
  }
}

/** The tellings of jobs that were taken from a worker. */
export function takenIn({ events }: Evidence) {
  return events.filter(
    (event): event is Extract<HistoryEvent, { kind: "told" }> =>
      event.kind === "told" && TAKEN.has(event.event),
  );
}
