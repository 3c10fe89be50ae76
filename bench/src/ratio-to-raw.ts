import { median } from "./figures.ts";
import type { TestResults } from "./results.ts";

/** By what Turno is divided, at each durability. */
export const RAW_OF: Readonly<Record<string, string>> = {
  "Turno NORMAL": "raw NORMAL",
  "Turno FULL": "raw FULL",
};

/** What share of the raw statements' figure a Turno reaches, by the medians; undefined where one of them has none. */
export function ratioToRaw(results: TestResults, turno: string): number | undefined {
  const key = results.columns[0]?.key ?? "";
  const raw = medianOf(results, RAW_OF[turno] ?? "", key);
  const own = medianOf(results, turno, key);
  return raw === undefined || own === undefined ? undefined : own / raw;
}

/** The median of a peer's rounds; undefined where it has none. */
function medianOf({ peers }: TestResults, peer: string, key: string): number | undefined {
  const rounds = peers.find((one) => one.peer === peer)?.rounds ?? [];
  const figures = rounds.flatMap(({ figures }) => figures[key] ?? []);
  return figures.length === 0 ? undefined : median(figures);
}
