import { spread } from "./figures.ts";
import { OwnProcess } from "./own-process.ts";
import { printTable } from "./print-table.ts";
import type { Throughput, ThroughputRound } from "./processes/throughput-round.ts";
import { type Entry, rowsOf, takeTurns } from "./take-turns.ts";
import { troubleOf } from "./trouble-of.ts";

interface Options {
  readonly rounds: number;
  readonly jobs: number;
}

const TESTS = [
  {
    test: "enqueue",
    title: "enqueue, 100 awaiting",
    // Its settings make no difference here.
    contestants: ["raw better-sqlite3", "Turno", "plainjob"],
  },
  {
    test: "drain",
    title: "drain at 100",
    contestants: ["raw better-sqlite3", "Turno", "plainjob", "plainjob, tuned"],
  },
] as const;

/** Jobs a second, at both durabilities. */
export async function throughput({ rounds, jobs }: Options): Promise<void> {
  for (const durability of ["normal", "full"] as const) {
    for (const { test, title, contestants } of TESTS) {
      const entries = await takeTurns<Throughput>(contestants, rounds, (contestant, file) =>
        measure({ test, contestant, durability, file, n: jobs }),
      );
      print(`${title}, ${durability.toUpperCase()}: ${jobs} jobs, ${rounds} rounds`, entries);
    }
  }
}

function measure(options: ThroughputRound): Promise<Throughput> {
  return new OwnProcess<Throughput>("throughput-round.ts", options).result;
}

function print(title: string, entries: readonly Entry<Throughput>[]): void {
  const turno = speedsOf(entries.find(({ contestant }) => contestant === "Turno")?.results ?? []);
  const row = (results: readonly Throughput[]) => {
    const ratios = speedsOf(results).map((speed, round) => (turno[round] ?? Number.NaN) / speed);
    return [
      `${spread(speedsOf(results), thousands)}/s`,
      spread(ratios, (ratio) => ratio.toFixed(2)),
      troubleOf(results.map(({ trouble }) => trouble)),
      results[0]?.durability ?? "",
    ];
  };
  printTable(title, [
    ["", "jobs, median (lowest–highest)", "Turno ÷ it", "trouble", "in force"],
    ...rowsOf(entries, row),
  ]);
}

function speedsOf(results: readonly Throughput[]): readonly number[] {
  return results.map(({ jobsPerSecond }) => jobsPerSecond);
}

function thousands(figure: number): string {
  return `${(figure / 1_000).toFixed(1)}k`;
}
