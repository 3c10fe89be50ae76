import type { Contestant, Durability } from "../contestant.ts";
import { type ContestantName, openContestant } from "../contestants/open-contestant.ts";
import { report } from "../report.ts";
import { Ticks, type Trouble } from "../ticks.ts";

export interface ThroughputRound {
  readonly test: "enqueue" | "drain";
  readonly contestant: ContestantName;
  readonly durability: Durability;
  readonly file: string;
  readonly n: number;
}

export interface Throughput {
  readonly jobsPerSecond: number;
  readonly durability: string;
  readonly trouble: Trouble;
}

await report(async ({ test, contestant, durability, file, n }: ThroughputRound) => {
  const one = await openContestant(contestant, file, durability);
  const measured = test === "enqueue" ? await enqueue(one, n) : await drain(one, n);
  await one.close();
  return { ...measured, durability: one.durability } satisfies Throughput;
});

async function enqueue(one: Contestant, n: number) {
  const before = performance.now();
  await one.enqueueAwaiting(n);
  const jobsPerSecond = perSecond(n, before);
  const stored = await one.count();
  const trouble = { errors: 0, twice: Math.max(0, stored - n), never: Math.max(0, n - stored) };
  return { jobsPerSecond, trouble };
}

async function drain(one: Contestant, n: number) {
  await one.fill(n);
  const ticks = new Ticks(n);
  const before = performance.now();
  one.work(ticks);
  await ticks.allStored;
  return { jobsPerSecond: perSecond(n, before), trouble: ticks.trouble };
}

function perSecond(n: number, before: number): number {
  return (n / (performance.now() - before)) * 1_000;
}
