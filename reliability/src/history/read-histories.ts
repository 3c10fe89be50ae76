import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HistoryEvent } from "@turno/testkit";
import { HISTORY } from "./history-file.ts";

/** The events of all processes that wrote a history into the folder, or of these, in the order of their instants. */
export function readHistories(folder: string, of?: readonly string[]): HistoryEvent[] {
  const wanted = of && new Set(of.map((name) => name + HISTORY));
  const files = readdirSync(folder).filter(
    (name) => name.endsWith(HISTORY) && (wanted === undefined || wanted.has(name)),
  );
  const events = files.flatMap((name) => readHistory(join(folder, name)));
  return events.toSorted((one, other) => one.at - other.at);
}

function readHistory(file: string): HistoryEvent[] {
  const lines = readFileSync(file, "utf8").split("\n");
  // What follows the last line's end is nothing, or half an event of a process that was killed while it wrote.
  lines.pop();
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as HistoryEvent;
    } catch (cause) {
      throw new Error(`${file}:${index + 1} is no event: ${line.slice(0, 200)}`, { cause });
    }
  });
}
