import { setTimeout as sleep } from "node:timers/promises";
import { NO_TROUBLE, type Outcome } from "../outcome.ts";
import { PER_SECOND, type Scene, type Stage, type Test } from "../test.ts";
import { micros, Ticks } from "../ticks.ts";

const LOOK_MS = 20;

/** For so long neither worker may store anything. */
const PATIENCE_MS = 30_000;

/** How fast two processes drain one queue, and whether one takes what the other has. */
export const TWO_WORKERS: Test = {
  alias: "M2",
  group: "drain",
  title: "two worker processes drain one queue, 100 at a time each",
  n: 100_000,
  rounds: 5,
  budgetS: 4,
  columns: [PER_SECOND],
  parts: { fill, worker },
  conduct,
};

async function fill(scene: Scene): Promise<Outcome> {
  const peer = await scene.open();
  await peer.fill(scene.n);
  await peer.close();
  return { jobs: 0, figures: {}, trouble: NO_TROUBLE };
}

async function worker(scene: Scene): Promise<Outcome> {
  const peer = await scene.open();
  const ticks = new StampedTicks(scene.n);
  const ended = scene.heard("end");
  scene.ready();
  await scene.heard("start");
  const timer = setInterval(() => scene.tell(ticks.count), LOOK_MS);
  scene.begin();
  const startedAt = micros();
  peer.work(ticks, { concurrency: 100 });
  await ended;
  scene.end();
  clearInterval(timer);
  await peer.close();
  // What it never ran the other has run: who conducts adds that up.
  const trouble = { ...ticks.trouble, never: 0 };
  const ran = [...ticks.ranAt].flatMap((instant, index) => (instant === 0 ? [] : [index]));
  return {
    jobs: ticks.count,
    figures: {},
    trouble,
    instants: { ran, span: [startedAt, ticks.lastAt] },
  };
}

async function conduct({ start, n }: Stage): Promise<Outcome> {
  await start("fill").result;
  const workers = [start("worker"), start("worker")];
  await Promise.all(workers.map(({ ready }) => ready));
  for (const one of workers) one.say("start");
  const stored = () => workers.reduce((sum, one) => sum + one.stored, 0);
  let [seen, seenAt] = [0, performance.now()];
  while (stored() < n && performance.now() - seenAt < PATIENCE_MS) {
    await Promise.race([sleep(5), ...workers.map(({ result }) => result)]);
    if (stored() !== seen) [seen, seenAt] = [stored(), performance.now()];
  }
  for (const one of workers) one.say("end");
  const results = await Promise.all(workers.map(({ result }) => result));
  const spans = results.map(({ instants }) => instants?.["span"] ?? []);
  const begun = Math.min(...spans.map(([startedAt = 0]) => startedAt));
  const ended = Math.max(...spans.map(([, lastAt = 0]) => lastAt));
  const runs = new Map<number, number>();
  for (const { instants } of results)
    for (const index of instants?.["ran"] ?? []) runs.set(index, (runs.get(index) ?? 0) + 1);
  const sum = (kind: "errors" | "twice") =>
    results.reduce((total, { trouble }) => total + trouble[kind], 0);
  const inBoth = [...runs.values()].filter((times) => times > 1).length;
  return {
    jobs: n,
    figures: { perSecond: (seen / (ended - begun)) * 1e6 },
    trouble: { errors: sum("errors"), twice: sum("twice") + inBoth, never: n - runs.size },
  };
}

/** Tells when the last job was stored: news of it may wait behind a worker that keeps its event loop busy. */
class StampedTicks extends Ticks {
  lastAt = 0;

  override stored(): void {
    super.stored();
    this.lastAt = micros();
  }
}
