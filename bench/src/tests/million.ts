import { setTimeout as sleep } from "node:timers/promises";
import type { Outcome } from "../outcome.ts";
import { PER_SECOND, type Scene, type Test } from "../test.ts";
import { Ticks } from "../ticks.ts";

/** So long after the last job the memory is looked at. */
const SETTLE_MS = 1_000;

const LOOK_MS = 100;

/** What a worker's process keeps resident while it enqueues and drains a million jobs, and what it keeps after. */
export const MILLION: Test = {
  alias: "R",
  group: "R",
  title: "memory: enqueue a million jobs in bulk, then drain them at 100",
  n: 1_000_000,
  rounds: 1,
  budgetS: 25,
  columns: [
    { key: "after", title: "resident after", unit: "MB", better: "lower" },
    { key: "before", title: "before", unit: "MB", better: "lower" },
    { key: "peak", title: "at most", unit: "MB", better: "lower" },
    PER_SECOND,
  ],
  parts: { main },
};

async function main(scene: Scene): Promise<Outcome> {
  const { n } = scene;
  const peer = await scene.open();
  const before = residentMB();
  let peak = before;
  const look = () => {
    peak = Math.max(peak, residentMB());
  };
  const timer = setInterval(look, LOOK_MS);
  await peer.fill(n);
  look();
  const ticks = new Ticks(n);
  scene.begin();
  peer.work(ticks, { concurrency: 100 });
  await ticks.done();
  const seconds = scene.end();
  look();
  clearInterval(timer);
  await sleep(SETTLE_MS);
  const after = residentMB();
  await peer.close();
  return {
    jobs: n,
    figures: { after, before, peak, perSecond: n / seconds },
    trouble: ticks.trouble,
  };
}

function residentMB(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}
