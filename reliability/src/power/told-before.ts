import type { HistoryEvent } from "@turno/testkit";
import { HISTORY } from "../history/history-file.ts";
import type { Recording } from "./recording.ts";

/** What the processes of a recording had written down when so many of its calls were made, to be asked in any order. */
export function toldBefore({ calls, done }: Recording): (cut: number) => readonly HistoryEvent[] {
  const events: HistoryEvent[] = [];
  /** How many events there were before each call. */
  const counts: number[] = [];
  for (const call of calls) {
    counts.push(events.length);
    if (call.kind !== "write" || !call.path.endsWith(HISTORY)) continue;
    // Each event is written by one call.
    events.push(JSON.parse(call.data.toString("utf8")) as HistoryEvent);
  }
  return (cut) => {
    const told = events.slice(0, counts[cut] ?? events.length);
    const at = calls[cut]?.at ?? Number.POSITIVE_INFINITY;
    return [...told, ...done.filter((event) => event.at < at)];
  };
}
