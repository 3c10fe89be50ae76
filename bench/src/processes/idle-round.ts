import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Durability } from "../contestant.ts";
import { type ContestantName, openContestant } from "../contestants/open-contestant.ts";
import { report, tellReady } from "../report.ts";
import { Ticks } from "../ticks.ts";

export interface IdleRound {
  readonly contestant: ContestantName;
  readonly durability: Durability;
  readonly file: string;
  readonly seconds: number;
}

export interface Idle {
  /** Of the whole process with all its threads, in ms a second; one figure for each window. */
  readonly cpu: readonly number[];
  /** What reached the file system, where the platform can tell. */
  readonly writtenBytes: number | undefined;
  readonly residentBytes: number;
  readonly beatMs: number | undefined;
  readonly errors: number;
}

/** As long as Turno's time between two beats: each window has one. */
const WINDOW_S = 10;

/** So long after it has begun to work a worker is idle. */
const SETTLE_MS = 5_000;

await report(async ({ contestant, durability, file, seconds }: IdleRound) => {
  const one = await openContestant(contestant, file, durability);
  const ticks = new Ticks(1);
  one.work(ticks);
  await sleep(SETTLE_MS);
  tellReady();
  const before = writtenBytes();
  const cpu: number[] = [];
  for (let left = seconds; left > 0; left -= WINDOW_S)
    cpu.push(await cpuDuring(Math.min(left, WINDOW_S)));
  const after = writtenBytes();
  // It is not closed: to leave is a write, which would be counted.
  return {
    cpu,
    writtenBytes: before === undefined || after === undefined ? undefined : after - before,
    residentBytes: process.memoryUsage.rss(),
    beatMs: one.beatMs,
    errors: ticks.trouble.errors,
  } satisfies Idle;
});

async function cpuDuring(seconds: number): Promise<number> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await sleep(seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (performance.now() - startedAt);
}

function writtenBytes(): number | undefined {
  try {
    return Number(/^write_bytes: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}
