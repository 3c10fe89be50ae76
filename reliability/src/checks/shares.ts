import type { HistoryEvent } from "@turno/testkit";
import { callsIn } from "./calls-in.ts";

/** How writers who wrote at the same time fared. */
export interface Shares {
  /** For each writer, how many of its calls were acknowledged. */
  readonly counts: ReadonlyMap<string, number>;
  readonly mean: number;
  /** Of the one that got the least. */
  readonly least: number;
  /** The longest that a call took. */
  readonly worstMs: number;
}

/** What became of the calls that these writers made between two instants. */
export function sharesOf(
  events: readonly HistoryEvent[],
  writers: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
): Shares {
  const counts = new Map(writers.map((name) => [name, 0]));
  let worstMs = 0;
  for (const call of callsIn(events)) {
    const count = counts.get(call.by);
    if (count === undefined || call.to < from || call.from > to) continue;
    if (call.answer?.kind === "ok" && call.to <= to) counts.set(call.by, count + 1);
    worstMs = Math.max(worstMs, call.to - call.from);
  }
  const all = [...counts.values()];
  const mean = all.reduce((sum, count) => sum + count, 0) / all.length;
  return { counts, mean, least: Math.min(...all), worstMs };
}
