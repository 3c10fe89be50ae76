import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineJobs, json, Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { profiled } from "./profiled.ts";
import { type Stage, STAGES } from "./stage-of.ts";

// What a job's time goes into, in µs: the median of some rounds, on the main thread, with durability "normal".

const ROUNDS = 7;
const N = 50_000;

const jobs = defineJobs({ noop: { payload: json<ReturnType<typeof payload>>() } });
type NoopQueue = Queue<typeof jobs>;

/** What is done before the profiler runs, and what it sees. */
const WORK: Readonly<Record<string, readonly [prepare: Step, work: Step]>> = {
  "A one by one": [nothing, enqueueOneByOne],
  "Ac 100 awaiting": [nothing, enqueueAwaiting],
  "B 1,000 a call": [nothing, enqueueMany],
  "C100 drain": [enqueueMany, drain],
  "E both": [nothing, enqueueWhileDraining],
};

type Step = (queue: NoopQueue, n: number) => Promise<unknown>;

const columns: [string, Record<Stage, number>][] = [];
for (const [name, [prepare, work]] of Object.entries(WORK)) {
  const rounds: Record<Stage, number>[] = [];
  // The first warms the compiler up.
  for (let round = 0; round <= ROUNDS; round++) rounds.push(await once(prepare, work));
  const medians = STAGES.map((stage) => [
    stage,
    median(rounds.slice(1).map((it) => it[stage])) / N,
  ]);
  columns.push([name, Object.fromEntries(medians)]);
}
print();

async function once(prepare: Step, work: Step): Promise<Record<Stage, number>> {
  const folder = mkdtempSync(join(tmpdir(), "turno-stages-"));
  const store = openSqliteStore(join(folder, "queue.db"), { durability: "normal" });
  const queue = new Queue({ store, jobs });
  await prepare(queue, N);
  const stages = await profiled(async () => void (await work(queue, N)));
  await queue.close();
  rmSync(folder, { recursive: true });
  return stages;
}

function print(): void {
  console.log(`| µs a job | ${columns.map(([name]) => name).join(" | ")} |`);
  console.log(`|---|${columns.map(() => "---|").join("")}`);
  const row = (name: string, of: (stages: Record<Stage, number>) => number) =>
    console.log(`| ${name} | ${columns.map(([, stages]) => of(stages).toFixed(1)).join(" | ")} |`);
  for (const stage of STAGES) row(stage, (stages) => stages[stage]);
  row("**in all**", (stages) => Object.values(stages).reduce((sum, micros) => sum + micros, 0));
}

async function nothing(): Promise<void> {}

async function enqueueOneByOne(queue: NoopQueue, n: number): Promise<void> {
  for (let index = 0; index < n; index++) await queue.enqueue("noop", payload(index));
}

async function enqueueAwaiting(queue: NoopQueue, n: number): Promise<void> {
  let next = 0;
  const produce = async () => {
    while (next < n) await queue.enqueue("noop", payload(next++));
  };
  await Promise.all(Array.from({ length: 100 }, produce));
}

async function enqueueMany(queue: NoopQueue, n: number): Promise<void> {
  for (let from = 0; from < n; from += 1_000) {
    const count = Math.min(1_000, n - from);
    await queue.enqueueMany(
      Array.from({ length: count }, (_, at) => ({ type: "noop", payload: payload(from + at) })),
    );
  }
}

async function drain(queue: NoopQueue, n: number): Promise<void> {
  let left = n;
  const worker = queue.work({ noop: async () => {} }, { concurrency: 100 });
  await new Promise<void>((resolve) => {
    worker.on("completed", () => {
      if (--left === 0) resolve();
    });
  });
}

async function enqueueWhileDraining(queue: NoopQueue, n: number): Promise<void> {
  await Promise.all([drain(queue, n), enqueueOneByOne(queue, n)]);
}

function payload(index: number) {
  return {
    index,
    text: "a payload of about a hundred bytes, as a job that sends a mail would have",
  };
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;
}
