import { existsSync, readFileSync } from "node:fs";
import { type StagesByTest, tableOf } from "../stages/table-of.ts";

/** The table of what a job's time goes into, before and after it was last cut down. */
export function stagesOf(folder: URL): string {
  const [before, after] = ["before.json", "after.json"].map((name) => read(new URL(name, folder)));
  return after === undefined ? "No run of this is committed yet." : tableOf(after, before);
}

function read(file: URL): StagesByTest | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
