import { cpuPer100k, type PeerResults } from "../results.ts";
import type { Column } from "../test.ts";
import type { Latest } from "../read-results.ts";

/** The figures of a peer's rounds by the key of a column, or of what the rounds cost. */
export function figuresOf({ rounds }: PeerResults, key: string): readonly number[] {
  if (key === "cpu" && !rounds.some(({ figures }) => "cpu" in figures))
    return rounds.map(cpuPer100k);
  if (key === "peak" && !rounds.some(({ figures }) => "peak" in figures))
    return rounds.map(({ peakBytes, serverBytes = 0 }) => (peakBytes + serverBytes) / 2 ** 20);
  return rounds.flatMap(({ figures }) => figures[key] ?? []);
}

/** What the figures of such a column are. */
export function columnOf({ columns }: Latest, key: string): Pick<Column, "unit" | "better"> {
  const own = columns.find((column) => column.key === key);
  return own ?? { unit: key === "cpu" ? "s" : "MB", better: "lower" };
}
