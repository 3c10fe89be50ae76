import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Results, TestResults } from "./results.ts";

const folder = new URL("../results/", import.meta.url);

/** A test's newest results, and the run that they are from. */
export interface Latest extends TestResults {
  readonly run: Results;
}

/** The newest committed results of each test, by its alias; of no run at all where none is committed. */
export function readResults(): ReadonlyMap<string, Latest> {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const runs = files
    .filter((file) => file.endsWith(".json"))
    .map((file): Results => JSON.parse(readFileSync(new URL(file, folder), "utf8")))
    .sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  return new Map(
    runs.flatMap((run) => run.tests.map((test): [string, Latest] => [test.test, { ...test, run }])),
  );
}
