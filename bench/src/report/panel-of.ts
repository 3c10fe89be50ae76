import { median } from "../figures.ts";
import type { Latest } from "../read-results.ts";
import { shownAs } from "../shown-as.ts";
import type { Panel } from "./bar-chart.ts";
import { columnOf, figuresOf } from "./figures-of.ts";
import type { SectionColumn } from "./sections.ts";

/** A column as a panel of a chart, the best first; undefined where nobody has figures. */
export function panelOf(
  { test, key, heading }: SectionColumn,
  results: ReadonlyMap<string, Latest>,
): Panel | undefined {
  const latest = results.get(test);
  if (latest === undefined) return undefined;
  const { unit, better } = columnOf(latest, key);
  const bars = latest.peers.flatMap((peer) => {
    const figures = figuresOf(peer, key);
    if (figures.length === 0) return [];
    const [low, high] = [Math.min(...figures), Math.max(...figures)];
    return [{ name: peer.peer, median: median(figures), low, high }];
  });
  if (bars.length === 0) return undefined;
  bars.sort((a, b) => (better === "higher" ? b.median - a.median : a.median - b.median));
  return { title: heading, better, show: (figure) => shownAs(figure, unit), bars };
}
