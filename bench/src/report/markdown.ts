import { spread } from "../figures.ts";
import { RAW_OF, ratioToRaw } from "../ratio-to-raw.ts";
import type { Latest } from "../read-results.ts";
import { numberAs, shownAs } from "../shown-as.ts";
import { troubleOf } from "../trouble-of.ts";
import { columnOf, figuresOf } from "./figures-of.ts";
import type { Section, SectionColumn } from "./sections.ts";

type ByTest = ReadonlyMap<string, Latest>;

const NOTHING = "No run of this is committed yet.";

/** A section's chart, table and notes, in Markdown, for the page of this name. */
export function markdownOf(
  { name, title, columns }: Section,
  results: ByTest,
  page: string,
): string {
  const present = columns.filter(({ test }) => results.has(test));
  const tests = testsOf(present, results);
  if (tests.length === 0) return NOTHING;
  const headings = present.map(({ heading }) => heading);
  const rows = peersOf(tests).flatMap((peer) => {
    const cells = present.map((column) => cellOf(column, peer, results));
    if (cells.every((cell) => cell === "–")) return [];
    const own = tests.flatMap(({ peers }) => peers.filter((one) => one.peer === peer));
    const troubles = own.map(troubleOf).filter((trouble) => trouble !== "none");
    const durability = own.find(({ durability }) => durability)?.durability ?? "?";
    const label = peer.startsWith("Turno") ? `**${peer}**` : peer;
    return [[label, ...cells, troubles.join("; ") || "none", durability]];
  });
  const table = tableOf([["", ...headings, "trouble", "durability"], ...rows]);
  return [`![${title}](images/${page}-${name}.svg)`, table, notesOf(tests), roundsOf(tests)]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Which share of the raw statements' speed Turno reaches, at both durabilities. */
export function ratiosOf(columns: readonly SectionColumn[], results: ByTest): string {
  const present = columns.filter(({ test }) => results.has(test));
  const rows = Object.keys(RAW_OF).map((turno) => {
    const ratios = present.map(({ test }) => {
      const latest = results.get(test);
      return (latest && ratioToRaw(latest, turno)?.toFixed(2)) ?? "–";
    });
    return [`${turno} ÷ ${RAW_OF[turno]}`, ...ratios];
  });
  if (present.length === 0) return NOTHING;
  return tableOf([["", ...present.map(({ heading }) => heading)], ...rows]);
}

function testsOf(columns: readonly SectionColumn[], results: ByTest): readonly Latest[] {
  return [...new Set(columns.map(({ test }) => test))].flatMap((test) => results.get(test) ?? []);
}

function peersOf(tests: readonly Latest[]): readonly string[] {
  return [...new Set(tests.flatMap(({ peers }) => peers.map(({ peer }) => peer)))];
}

function cellOf({ test, key }: SectionColumn, peer: string, results: ByTest): string {
  const latest = results.get(test);
  const own = latest?.peers.find((one) => one.peer === peer);
  const figures = own === undefined ? [] : figuresOf(own, key);
  if (latest === undefined || figures.length === 0) return "–";
  const { unit } = columnOf(latest, key);
  const briefly = (figure: number) => numberAs(figure, unit);
  // The heading says of what, where it is of a second.
  const shown = unit === "/s" ? briefly : (figure: number) => shownAs(figure, unit);
  return spread(figures, shown, briefly);
}

/** Who did not take part, who failed, and who had fewer jobs. */
function notesOf(tests: readonly Latest[]): string {
  const out = new Map<string, string[]>();
  const fewer: string[] = [];
  for (const { peers, test, n: usual } of tests) {
    const note = (words: string) => out.set(words, [...(out.get(words) ?? []), test]);
    for (const { peer, unfit, failures, rounds } of peers) {
      if (unfit !== undefined) note(`${peer} does not take part in % (${unfit}).`);
      else if (rounds.length === 0) note(`${peer} failed in %: ${failures[0] ?? "?"}.`);
    }
    const slow = peers.filter(({ n, rounds }) => n < usual && rounds.length > 0);
    const shown = slow.map(({ peer, n }) => `${peer} ${n.toLocaleString("en")}`);
    if (slow.length > 0)
      fewer.push(`- Jobs a round of those that are slow in ${test}: ${shown.join("; ")}.`);
  }
  const lines = [...out].map(([words, of]) => `- ${words.replace("%", of.join(", "))}`);
  return [...lines, ...fewer].join("\n");
}

function roundsOf(tests: readonly Latest[]): string {
  const rounds = tests.map(({ test, peers, n }) => {
    const most = Math.max(0, ...peers.map((peer) => peer.rounds.length));
    return `${test} ${most} × ${n.toLocaleString("en")}`;
  });
  return `<sub>Rounds × jobs a round: ${rounds.join(", ")}.</sub>`;
}

/** On what the figures were measured, for each run that some are from. */
export function runsOf(results: ByTest): string {
  const tests = new Map<string, Latest[]>();
  for (const latest of results.values())
    tests.set(latest.run.startedAt, [...(tests.get(latest.run.startedAt) ?? []), latest]);
  if (tests.size === 0) return NOTHING;
  const lines = [...tests.values()].map((of) => {
    const names = tests.size === 1 ? "" : `${of.map(({ test }) => test).join(", ")}: `;
    const run = of[0]?.run;
    if (run === undefined) return NOTHING;
    const { cpu, cores, memoryGB, system, load } = run.machine;
    const packages = Object.entries(run.versions).map(([name, version]) => `${name} ${version}`);
    const machine = `${cores} × ${cpu}, ${memoryGB} GB, ${system}, load ${load.join(" to ")}`;
    return `- ${names}${run.startedAt.slice(0, 10)} on ${machine}; ${packages.join(", ")}.`;
  });
  return lines.join("\n");
}

function tableOf([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heading), line(heading.map(() => "---")), ...rows.map(line)].join("\n");
}
