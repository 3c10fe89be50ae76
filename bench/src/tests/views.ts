import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { median } from "../figures.ts";
import { NO_TROUBLE, type Outcome } from "../outcome.ts";
import type { Peer } from "../peer.ts";
import type { Column, Scene, Test } from "../test.ts";
import { Ticks } from "../ticks.ts";

const HOUR_MS = 3_600_000;

/** So many jobs wait for their time, among a million that are finished. */
const RARE = 100;

const ASKED = 5;

/** Between two jobs that are enqueued while others are pruned: to measure, not to get into the way. */
const PAUSE_MS = 5;

/** What a dashboard and a janitor cost beside a million finished jobs, and whom pruning them holds up. */
export const VIEWS: Test = {
  alias: "X",
  group: "X",
  title: "a million finished jobs: counts, a page of a rare state, pruning them all",
  n: 1_000_000,
  rounds: 1,
  budgetS: 25,
  columns: [
    ms("counts", "counts"),
    ms("page", "a page of 50"),
    ms("prune", "pruning"),
    ms("stall", "longest stall meanwhile"),
    ms("enqueue", "longest enqueue meanwhile"),
  ],
  parts: { main },
};

async function main(scene: Scene): Promise<Outcome> {
  const { n } = scene;
  const peer = await scene.open();
  const { views } = peer;
  if (views === undefined) throw new Error("it offers nothing of the kind");
  await peer.fill(n);
  const ticks = new Ticks(n);
  peer.work(ticks, { concurrency: 100 });
  await ticks.done();
  await peer.fill(RARE, HOUR_MS);
  // What was finished in the very millisecond of the call need not go.
  await sleep(100);
  scene.begin();
  const counts = await duration(() => views.counts());
  const page = views.page && (await duration(() => views.page?.()));
  const pruning = views.prune && (await whilePruning(peer, () => views.prune?.()));
  scene.end();
  await peer.close();
  return {
    jobs: n,
    figures: { counts, ...(page === undefined ? {} : { page }), ...pruning },
    trouble: { ...NO_TROUBLE, errors: ticks.trouble.errors },
  };
}

/** The median of some calls. */
async function duration(ask: () => Promise<unknown> | undefined): Promise<number> {
  const spans: number[] = [];
  for (let call = 0; call < ASKED; call++) {
    const before = performance.now();
    await ask();
    spans.push(performance.now() - before);
  }
  return median(spans);
}

/** How long it takes, and for how long at most the event loop stood still and another call waited. */
async function whilePruning(peer: Peer, prune: () => Promise<unknown> | undefined) {
  let isOver = false;
  const stalls = async () => {
    let longest = 0;
    while (!isOver) {
      const before = performance.now();
      await turn();
      longest = Math.max(longest, performance.now() - before);
    }
    return longest;
  };
  const enqueues = async () => {
    let longest = 0;
    while (!isOver) {
      const dueAt = performance.now() + PAUSE_MS;
      await sleep(PAUSE_MS);
      await peer.enqueue(0);
      longest = Math.max(longest, performance.now() - dueAt);
    }
    return longest;
  };
  const watched = Promise.all([stalls(), enqueues()]);
  const before = performance.now();
  await prune();
  const took = performance.now() - before;
  isOver = true;
  const [stall, enqueue] = await watched;
  return { prune: took, stall, enqueue };
}

function ms(key: string, title: string): Column {
  return { key, title, unit: "ms", better: "lower" };
}
