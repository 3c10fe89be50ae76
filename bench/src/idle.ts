import Database from "better-sqlite3";
import { spread } from "./figures.ts";
import { OwnProcess } from "./own-process.ts";
import { printTable } from "./print-table.ts";
import type { Idle, IdleRound } from "./processes/idle-round.ts";
import { rowsOf, runTogether } from "./take-turns.ts";

interface Observed extends Idle {
  readonly commits: number;
}

const CONTESTANTS = ["raw better-sqlite3", "Turno", "plainjob", "plainjob, tuned"] as const;

/** How often another connection looks whether somebody has written: two commits in between count as one. */
const LOOK_MS = 50;

/** What a worker costs that has nothing to do, in the same seconds for all. */
export async function idle({ seconds }: { readonly seconds: number }): Promise<void> {
  const entries = await runTogether<Observed>(CONTESTANTS, (contestant, file) =>
    observe({ contestant, durability: "full", file, seconds }),
  );
  const row = ({ cpu, commits, beatMs, writtenBytes, residentBytes, errors }: Observed) => [
    spread(cpu, (figure) => figure.toFixed(2)),
    String(commits),
    String(beatMs === undefined ? 0 : Math.floor((seconds * 1_000) / beatMs)),
    writtenBytes === undefined ? "?" : `${writtenBytes / 1_024} KB`,
    `${(residentBytes / 1_048_576).toFixed(0)} MB`,
    errors === 0 ? "none" : `errors ${errors}`,
  ];
  printTable(`idle for ${seconds} s`, [
    ["", "CPU, ms a second", "commits", "beats due", "written", "resident", "trouble"],
    ...rowsOf(entries, (results) => results.flatMap(row)),
  ]);
}

async function observe(options: IdleRound): Promise<Observed> {
  const limitMs = options.seconds * 1_000 + 60_000;
  const worker = new OwnProcess<Idle>("idle-round.ts", options, limitMs);
  await worker.ready;
  const database = new Database(options.file, { readonly: true });
  const version = database.prepare<[], number>("PRAGMA data_version").pluck();
  let commits = 0;
  let last = version.get();
  const timer = setInterval(() => {
    const next = version.get();
    if (next !== last) commits++;
    last = next;
  }, LOOK_MS);
  try {
    return { ...(await worker.result), commits };
  } finally {
    clearInterval(timer);
    database.close();
  }
}
