import { described, time } from "../describe.ts";
import type { History } from "../history.ts";

/** A job that was refused to who handed it in is neither stored nor run. */
export function* refusedIsRefused(history: History): Generator<string> {
  for (const { id, payload, handIn, runs } of history.jobs.values()) {
    if (payload === undefined || handIn !== undefined) continue;
    const handIns = history.handIns.get(payload) ?? [];
    const [first] = handIns;
    if (first === undefined || !handIns.every(({ call }) => call.isRefused)) continue;
    const [run] = runs;
    const what = run === undefined ? "is stored" : `was run by ${described(history, run)}`;
    const { process, answeredAt } = first.call;
    yield `job ${id} ${what}, though ${payload} was refused to ${process} at ${time(history, answeredAt)}`;
  }
}
