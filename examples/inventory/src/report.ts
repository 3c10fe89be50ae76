import { styleText } from "node:util";
import { count, counted, duration, size } from "./amounts.ts";
import type { Inventory, State } from "./inventory.ts";
import { fromStored, shownPath } from "./stored-path.ts";

const MOST_GROUPS = 5;
const MOST_UNREADABLE = 10;

/** What this run has done; an inventory may have taken several. */
export interface Run {
  readonly files: number;
  readonly bytes: number;
  readonly ms: number;
}

/** What the user reads at the end. */
export async function report(inventory: Inventory, run: Run): Promise<string> {
  const state = await inventory.state();
  const sections = [
    overview(inventory, state, run),
    kinds(inventory),
    identicalFiles(inventory),
    await unreadableFiles(inventory, state),
    [
      `${bold("Jobs")}      ${await inventory.queue.summary()}`,
      `${bold("Database")}  ${inventory.file}`,
    ],
  ];
  const shown = sections.filter((lines) => lines.length > 0);
  return shown.map((lines) => `\n${lines.join("\n")}\n`).join("");
}

function overview(inventory: Inventory, { done, bytes }: State, run: Run): string[] {
  const speed = (amount: number) => (amount / Math.max(1, run.ms)) * 1_000;
  const { contents } = inventory;
  return [
    bold(`${counted(done, "file")}, ${size(bytes)}, ${counted(contents, "different content")}`),
    `${counted(run.files, "file")} read in ${duration(run.ms)}: ` +
      `${count(speed(run.files))} files/s, ${size(speed(run.bytes))}/s`,
  ];
}

function kinds(inventory: Inventory): string[] {
  const rows = inventory.kinds().map(({ kind, files, bytes }) => {
    return `  ${kind.padEnd(12)}${count(files).padStart(8)}${size(bytes).padStart(11)}`;
  });
  return rows.length === 0 ? [] : [bold("Kinds"), ...rows];
}

function identicalFiles(inventory: Inventory): string[] {
  const rows = inventory.identical(MOST_GROUPS).map(({ copies, size: bytes, path }) => {
    return cut(`${count(copies).padStart(8)} × ${size(bytes).padEnd(9)} ${shownPath(path)}`);
  });
  return rows.length === 0 ? [] : [bold("Identical files, those that waste most first"), ...rows];
}

async function unreadableFiles({ queue }: Inventory, { unreadable }: State): Promise<string[]> {
  if (unreadable === 0) return [];
  const { jobs } = await queue.list({ states: ["dead"], limit: MOST_UNREADABLE });
  const rows = jobs.map(({ payload, failures }) => {
    return `  ${shownPath(fromStored(payload)) || "."}: ${failures.at(-1)?.message}`;
  });
  const others = unreadable - rows.length;
  if (others > 0) rows.push(`  and ${counted(others, "other")}`);
  return [bold(`${counted(unreadable, "file")} could not be read`), ...rows];
}

function bold(text: string): string {
  return styleText("bold", text);
}

/** Shortens a line in the middle where the terminal is too narrow. */
function cut(line: string): string {
  const most = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  if (line.length <= most) return line;
  const end = Math.floor((most - 1) / 2);
  return `${line.slice(0, most - 1 - end)}…${line.slice(-end)}`;
}
