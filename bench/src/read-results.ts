import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Results, TestResults } from "./results.ts";

/** All who take part side by side; and those alone that keep jobs in Postgres, on one server. */
export type ResultSet = "." | "postgres";

/** A test's newest results, and the run that they are from. */
export interface Latest extends TestResults {
  readonly run: Results;
}

/** The newest committed results of each test of a set, by its alias; of no run at all where none is committed. */
export function readResults(set: ResultSet = "."): ReadonlyMap<string, Latest> {
  const folder = new URL(`../results/${set}/`, import.meta.url);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const runs = files
    .filter((file) => file.endsWith(".json"))
    .map((file): Results => JSON.parse(readFileSync(new URL(file, folder), "utf8")))
    .sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  return new Map(
    runs.flatMap((run) => run.tests.map((test): [string, Latest] => [test.test, { ...test, run }])),
  );
}
