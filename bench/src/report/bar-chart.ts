/** Bars of one thing that was measured, each with its median and its range. */
export interface Panel {
  readonly title: string;
  readonly better: "higher" | "lower";
  readonly show: (figure: number) => string;
  readonly bars: readonly Bar[];
}

interface Bar {
  readonly name: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

const [NAME, BAR, VALUE, GAP] = [180, 220, 80, 24];
const [ROW, HEAD, TOP, BETWEEN] = [20, 40, 34, 20];
const COLUMNS = 2;

/** Beyond this factor between the longest and the shortest bar, lengths are logarithmic. */
const LINEAR = 20;

const STYLE = `
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
.title { font-size: 15px; font-weight: 600; }
.panel { font-weight: 600; }
.note { fill: #59636e; font-size: 11px; }
.turno { fill: #0969da; }
.raw { fill: #9a6700; }
.peer { fill: #818b98; }
.own { font-weight: 600; }
.range { stroke: #1f2328; stroke-width: 1; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; }
  .note { fill: #9198a1; }
  .turno { fill: #4493f8; }
  .raw { fill: #d29922; }
  .peer { fill: #656c76; }
  .range { stroke: #f0f6fc; }
}`;

/** A chart in SVG that reads on dark and on light: panels of bars in two columns, Turno's in a colour of their own. */
export function barChart(title: string, panels: readonly Panel[]): string {
  const width = NAME + BAR + VALUE;
  const columns = Math.min(COLUMNS, panels.length);
  const total = columns * width + (columns - 1) * GAP;
  let top = TOP;
  const drawn: string[] = [];
  for (let first = 0; first < panels.length; first += columns) {
    const row = panels.slice(first, first + columns);
    for (const [column, panel] of row.entries())
      drawn.push(
        `<g transform="translate(${column * (width + GAP)} ${top})">${panelOf(panel)}</g>`,
      );
    top += HEAD + Math.max(...row.map(({ bars }) => bars.length)) * ROW + BETWEEN;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${top}" width="${total}" height="${top}" role="img" aria-label="${escaped(title)}">
<style>${STYLE}
</style>
<text class="title" x="0" y="18">${escaped(title)}</text>
${drawn.join("\n")}
</svg>
`;
}

function panelOf({ title, better, show, bars }: Panel): string {
  const { lengthOf, isLogarithmic } = scaleOf(bars);
  const note = `${better} is better${isLogarithmic ? ", logarithmic" : ""}; lines: lowest to highest round`;
  const rows = bars.map(({ name, median, low, high }, index) => {
    const y = HEAD + index * ROW;
    const kind = name.startsWith("Turno") ? "turno" : name.startsWith("raw") ? "raw" : "peer";
    const own = kind === "turno" ? ' class="own"' : "";
    const length = (figure: number) => (NAME + lengthOf(figure)).toFixed(1);
    return `<text${own} x="${NAME - 8}" y="${y + 13}" text-anchor="end">${escaped(name)}</text>
<rect class="${kind}" x="${NAME}" y="${y + 2}" width="${lengthOf(median).toFixed(1)}" height="${ROW - 6}" rx="2"/>
<line class="range" x1="${length(low)}" x2="${length(high)}" y1="${y + 9}" y2="${y + 9}"/>
<text${own} x="${(NAME + lengthOf(Math.max(median, high)) + 6).toFixed(1)}" y="${y + 13}">${escaped(show(median))}</text>`;
  });
  return [
    `<text class="panel" x="0" y="13">${escaped(title)}</text>`,
    `<text class="note" x="0" y="29">${note}</text>`,
    ...rows,
  ].join("\n");
}

/** How long the bar of a figure is: none is shorter than can be seen. */
function scaleOf(bars: readonly Bar[]) {
  const highest = Math.max(...bars.map(({ high }) => high));
  const positive = bars.map(({ median }) => median).filter((median) => median > 0);
  const lowest = Math.min(...positive, highest);
  const isLogarithmic = highest / lowest > LINEAR;
  const floor = 10 ** (Math.ceil(Math.log10(lowest)) - 1);
  const share = (figure: number) =>
    isLogarithmic ? Math.log(figure / floor) / Math.log(highest / floor) : figure / highest;
  const lengthOf = (figure: number) => (figure > 0 ? Math.max(2, share(figure) * BAR) : 0);
  return { lengthOf, isLogarithmic };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
