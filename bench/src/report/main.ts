import { readFileSync, writeFileSync } from "node:fs";
import { readResults } from "../read-results.ts";
import { barChart } from "./bar-chart.ts";
import { betweenMarkers } from "./between-markers.ts";
import { markdownOf, ratiosOf, runsOf } from "./markdown.ts";
import { panelOf } from "./panel-of.ts";
import { SECTIONS } from "./sections.ts";
import { stagesOf } from "./stages-of.ts";

/** Writes the tables and charts of docs/performance.md from the newest results of each test. */
const docs = new URL("../../../docs/", import.meta.url);
const page = new URL("performance.md", docs);

const results = readResults();
let text = readFileSync(page, "utf8");
for (const section of SECTIONS) {
  text = betweenMarkers(text, section.name, markdownOf(section, results));
  const drawn = section.columns.filter(({ isDrawn }) => isDrawn);
  const panels = drawn.flatMap((column) => panelOf(column, results) ?? []);
  if (panels.length === 0) continue;
  const image = new URL(`images/performance-${section.name}.svg`, docs);
  writeFileSync(image, barChart(section.title, panels));
}
const compared = ["enqueue", "drain", "together"];
const columns = SECTIONS.filter(({ name }) => compared.includes(name)).flatMap(
  (section) => section.columns,
);
text = betweenMarkers(text, "stages", stagesOf(new URL("../../results/stages/", import.meta.url)));
text = betweenMarkers(text, "ratios", ratiosOf(columns, results));
writeFileSync(page, betweenMarkers(text, "runs", runsOf(results)));
console.log(`docs/performance.md and its charts are written from ${results.size} tests`);
