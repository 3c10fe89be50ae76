import { readFileSync, writeFileSync } from "node:fs";
import { type Latest, readResults } from "../read-results.ts";
import { barChart } from "./bar-chart.ts";
import { betweenMarkers } from "./between-markers.ts";
import { markdownOf, ratiosOf, runsOf } from "./markdown.ts";
import { panelOf } from "./panel-of.ts";
import { SCALING_SECTIONS, type Section, SECTIONS } from "./sections.ts";
import { stagesOf } from "./stages-of.ts";

/** Writes the tables and charts of the docs from the newest results of each test. */
const docs = new URL("../../../docs/", import.meta.url);

const all = readResults();
const compared = ["enqueue", "drain", "together"];
const columns = SECTIONS.filter(({ name }) => compared.includes(name)).flatMap(
  (section) => section.columns,
);
writePage("performance", SECTIONS, all, {
  stages: stagesOf(new URL("../../results/stages/", import.meta.url)),
  ratios: ratiosOf(columns, all),
});
writePage("scaling", SCALING_SECTIONS, readResults("postgres"), {});

function writePage(
  name: string,
  sections: readonly Section[],
  results: ReadonlyMap<string, Latest>,
  others: Readonly<Record<string, string>>,
): void {
  const page = new URL(`${name}.md`, docs);
  let text = readFileSync(page, "utf8");
  for (const section of sections) {
    text = betweenMarkers(text, section.name, markdownOf(section, results, name));
    const drawn = section.columns.filter(({ isDrawn }) => isDrawn);
    const panels = drawn.flatMap((column) => panelOf(column, results) ?? []);
    if (panels.length === 0) continue;
    const image = new URL(`images/${name}-${section.name}.svg`, docs);
    writeFileSync(image, barChart(section.title, panels));
  }
  for (const [marker, content] of Object.entries(others))
    text = betweenMarkers(text, marker, content);
  writeFileSync(page, betweenMarkers(text, "runs", runsOf(results)));
  console.log(`docs/${name}.md and its charts are written from ${results.size} tests`);
}
