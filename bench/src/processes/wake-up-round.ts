import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Contestant, Durability } from "../contestant.ts";
import { type ContestantName, openContestant } from "../contestants/open-contestant.ts";
import { report, tellReady } from "../report.ts";
import { micros, Ticks, type Trouble } from "../ticks.ts";

export interface WakeUpRound {
  readonly role: "producer" | "worker" | "both";
  readonly contestant: ContestantName;
  readonly durability: Durability;
  readonly file: string;
  readonly n: number;
}

export interface WakeUps {
  /** When each job was enqueued, and when its handler's first line ran, in µs of the machine's clock. */
  readonly enqueuedAt: readonly number[];
  readonly ranAt: readonly number[];
  readonly durability: string;
  readonly trouble: Trouble;
}

/** So long after it has begun to work a worker is idle. */
const SETTLE_MS = 1_000;

/** How long the last jobs may take to come. */
const LAST_MS = 5_000;

await report(async ({ role, contestant, durability, file, n }: WakeUpRound) => {
  const one = await openContestant(contestant, file, durability);
  const ticks = new Ticks(n);
  if (role !== "producer") {
    one.work(ticks);
    await sleep(SETTLE_MS);
  }
  tellReady();
  const enqueuedAt = role === "worker" ? [] : await produce(one, n);
  if (role === "worker") await once(process, "message");
  if (role !== "producer") await Promise.race([ticks.allStored, sleep(LAST_MS)]);
  await one.close();
  const { ranAt, trouble } = ticks;
  return { enqueuedAt, ranAt: [...ranAt], durability: one.durability, trouble } satisfies WakeUps;
});

async function produce(one: Contestant, n: number): Promise<number[]> {
  const enqueuedAt: number[] = [];
  for (let index = 0; index < n; index++) {
    await sleep(20 + Math.random() * 100);
    enqueuedAt.push(micros());
    await one.enqueue(index);
  }
  return enqueuedAt;
}
