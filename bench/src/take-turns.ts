import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContestantName } from "./contestants/open-contestant.ts";

/** What a contestant reached, round by round, or why it could not. */
export interface Entry<T> {
  readonly contestant: ContestantName;
  readonly results: T[];
  failure?: string;
}

/** Lets the contestants run one after the other, each on a fresh file, for some rounds; who fails is asked no more. */
export async function takeTurns<T>(
  contestants: readonly ContestantName[],
  rounds: number,
  run: (contestant: ContestantName, file: string) => Promise<T>,
): Promise<readonly Entry<T>[]> {
  const entries = contestants.map((contestant): Entry<T> => ({ contestant, results: [] }));
  for (let round = 0; round < rounds; round++)
    for (const entry of entries) if (entry.failure === undefined) await runOnce(entry, run);
  return entries;
}

/** Lets the contestants run at the same time, each on a fresh file. */
export async function runTogether<T>(
  contestants: readonly ContestantName[],
  run: (contestant: ContestantName, file: string) => Promise<T>,
): Promise<readonly Entry<T>[]> {
  const entries = contestants.map((contestant): Entry<T> => ({ contestant, results: [] }));
  await Promise.all(entries.map((entry) => runOnce(entry, run)));
  return entries;
}

/** The rows of a table: one for each contestant, which says so where it could not run. */
export function rowsOf<T>(
  entries: readonly Entry<T>[],
  row: (results: readonly T[]) => readonly string[],
): readonly (readonly string[])[] {
  return entries.map(({ contestant, results, failure }) =>
    failure === undefined
      ? [contestant, ...row(results)]
      : [contestant, `could not run: ${failure}`],
  );
}

async function runOnce<T>(
  entry: Entry<T>,
  run: (contestant: ContestantName, file: string) => Promise<T>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "turno-bench-"));
  try {
    entry.results.push(await run(entry.contestant, join(folder, "queue.db")));
  } catch (error) {
    entry.failure = error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
