import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../figures.ts";
import type { Peer } from "../peer.ts";
import { NO_TROUBLE, type Outcome } from "../outcome.ts";
import type { Scene, Stage, Test } from "../test.ts";
import { micros, Ticks } from "../ticks.ts";

/** So long after it has begun to work a worker is idle. */
const SETTLE_MS = 1_000;

/** How long the last jobs may take to come. */
const LAST_MS = 5_000;

/** The first jobs of each round come one after the other and are not counted: the code of a process that has just begun
 * to run is slow in a way that a worker which idles between its jobs is not. */
const WARM_UP = 300;

const SHARED = {
  group: "D",
  n: 40,
  rounds: 5,
  columns: [
    { key: "p50", title: "p50", unit: "ms", better: "lower" },
    { key: "p99", title: "p99", unit: "ms", better: "lower" },
  ],
} as const;

/** How long from the call of enqueue to the handler's first line, in an idle worker; 15 to 65 ms apart. */
export const WAKE_UP: readonly Test[] = [
  {
    ...SHARED,
    alias: "D",
    title: "enqueue to handler, idle worker in the same process",
    parts: { main: both },
  },
  {
    ...SHARED,
    alias: "D2",
    title: "enqueue to handler, idle worker in another process",
    parts: { worker, producer },
    conduct: inTwo,
  },
];

async function both(scene: Scene): Promise<Outcome> {
  const peer = await scene.open();
  const ticks = await begin(scene, peer);
  const enqueuedAt = await produce(scene, peer);
  await Promise.race([ticks.done(), sleep(LAST_MS)]);
  scene.end();
  await peer.close();
  return outcome(enqueuedAt, [...ticks.ranAt], ticks);
}

async function worker(scene: Scene): Promise<Outcome> {
  const ended = scene.heard("end");
  const peer = await scene.open();
  const ticks = await begin(scene, peer);
  scene.ready();
  await ended;
  await Promise.race([ticks.done(), sleep(LAST_MS)]);
  scene.end();
  await peer.close();
  return { ...outcome([], [], ticks), instants: { ranAt: [...ticks.ranAt] } };
}

async function producer(scene: Scene): Promise<Outcome> {
  const peer = await scene.open();
  const enqueuedAt = await produce(scene, peer);
  await peer.close();
  return { jobs: 0, figures: {}, trouble: NO_TROUBLE, instants: { enqueuedAt } };
}

async function inTwo({ start }: Stage): Promise<Outcome> {
  const working = start("worker");
  await working.ready;
  const producing = start("producer");
  const { instants } = await producing.result.finally(() => working.say("end"));
  const worked = await working.result;
  const figures = latencies(instants?.["enqueuedAt"] ?? [], worked.instants?.["ranAt"] ?? []);
  return { jobs: worked.jobs, figures, trouble: worked.trouble };
}

async function begin(scene: Scene, peer: Peer): Promise<Ticks> {
  const ticks = new Ticks(scene.n + WARM_UP, { timed: true });
  peer.work(ticks, { concurrency: 10 });
  await sleep(SETTLE_MS);
  scene.begin();
  return ticks;
}

async function produce({ n }: Scene, peer: Peer): Promise<number[]> {
  const enqueuedAt: number[] = [];
  for (let index = 0; index < n + WARM_UP; index++) {
    if (index >= WARM_UP) await sleep(15 + Math.random() * 50);
    enqueuedAt.push(micros());
    await peer.enqueue(index);
  }
  return enqueuedAt;
}

function outcome(enqueuedAt: readonly number[], ranAt: readonly number[], ticks: Ticks): Outcome {
  return {
    jobs: ticks.ranAt.length,
    figures: latencies(enqueuedAt, ranAt),
    trouble: ticks.trouble,
  };
}

/** In ms; without the warm-up and without what never ran. */
function latencies(enqueuedAt: readonly number[], ranAt: readonly number[]) {
  const all = enqueuedAt
    .map((instant, index) => ({ instant, ran: ranAt[index] ?? 0 }))
    .slice(WARM_UP)
    .filter(({ ran }) => ran > 0)
    .map(({ instant, ran }) => (ran - instant) / 1_000);
  return { p50: percentile(all, 0.5), p99: percentile(all, 0.99) };
}
