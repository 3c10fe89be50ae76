import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { defineJobs, json, Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { median } from "../figures.ts";
import { profiled } from "./profiled.ts";
import { type Stage, STAGES } from "./stage-of.ts";
import { tableOf } from "./table-of.ts";

// Prints what a job's time goes into, in µs: the median of some rounds, on the main thread, with durability "normal".
// With --out FILE it is written there, too; docs/performance.md shows bench/results/stages/{before,after}.json.

/** The first warms the compiler up, and is not counted. */
const ROUNDS = 8;
const N = 50_000;

const jobs = defineJobs({ noop: { payload: json<ReturnType<typeof payload>>() } });
type NoopQueue = Queue<typeof jobs>;
type Step = (queue: NoopQueue, n: number) => Promise<unknown>;

/** By a test's alias what is done before the profiler runs, and what it sees. */
const WORK: Readonly<Record<string, readonly [prepare: Step, work: Step]>> = {
  A: [nothing, enqueueOneByOne],
  Ac: [nothing, enqueueAwaiting],
  B: [nothing, enqueueMany],
  C100: [enqueueMany, drain],
  E: [nothing, enqueueWhileDraining],
};

const { out } = parseArgs({ options: { out: { type: "string" } } }).values;
const stages: Record<string, Record<Stage, number>> = {};
for (const [test, [prepare, work]] of Object.entries(WORK)) {
  const rounds: Record<Stage, number>[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await once(prepare, work));
  const ofStage = (stage: Stage) => median(rounds.slice(1).map((micros) => micros[stage])) / N;
  const medians = STAGES.map((stage) => [stage, Number(ofStage(stage).toFixed(2))]);
  stages[test] = Object.fromEntries(medians);
}
console.log(tableOf(stages));
if (out !== undefined) writeFileSync(out, `${JSON.stringify(stages, undefined, 1)}\n`);

async function once(prepare: Step, work: Step): Promise<Record<Stage, number>> {
  const folder = mkdtempSync(join(tmpdir(), "turno-stages-"));
  const store = openSqliteStore(join(folder, "queue.db"), { durability: "normal" });
  const queue = new Queue({ store, jobs });
  await prepare(queue, N);
  const micros = await profiled(async () => void (await work(queue, N)));
  await queue.close();
  rmSync(folder, { recursive: true });
  return micros;
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
