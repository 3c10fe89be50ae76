import { NO_TROUBLE, type Outcome } from "../outcome.ts";
import type { Peer } from "../peer.ts";
import type { Scene, Test } from "../test.ts";
import { Ticks } from "../ticks.ts";

const HOUR_MS = 3_600_000;

const TYPES = 1_000;

/** At most so many jobs are drained. */
const DRAINED = 20_000;

/**
 * How fast a worker drains in an empty queue, and then beside `n` finished jobs, `n` that are not due for an hour, and
 * `n` ready ones of a thousand types that it has no handlers for.
 */
export const FOREIGN: Test = {
  alias: "F",
  group: "F",
  title:
    "drain at 100 beside a million finished, a million future and a million jobs of 1,000 other types",
  n: 1_000_000,
  rounds: 1,
  budgetS: 150,
  columns: [
    { key: "ratio", title: "beside them ÷ alone", unit: "×", better: "higher" },
    { key: "alone", title: "alone", unit: "/s", better: "higher" },
    { key: "beside", title: "beside them", unit: "/s", better: "higher" },
  ],
  parts: { main },
};

async function main(scene: Scene): Promise<Outcome> {
  const { n } = scene;
  const drained = Math.min(DRAINED, Math.ceil(n / 10));
  // The first time warms the compiler up.
  await drain(scene, drained, false);
  const alone = await drain(scene, drained, true);
  await drain(scene, n, false);
  const foreign = await scene.open({ types: TYPES });
  await foreign.fill(n);
  await foreign.fill(n, HOUR_MS);
  await foreign.close();
  const beside = await drain(scene, drained, true);
  const errors = alone.errors + beside.errors;
  return {
    jobs: 2 * drained,
    figures: {
      ratio: beside.perSecond / alone.perSecond,
      alone: alone.perSecond,
      beside: beside.perSecond,
    },
    trouble: { ...NO_TROUBLE, errors },
  };
}

async function drain(scene: Scene, n: number, isMeasured: boolean) {
  const peer: Peer = await scene.open();
  await peer.fill(n);
  const ticks = new Ticks(n);
  if (isMeasured) scene.begin();
  const startedAt = performance.now();
  peer.work(ticks, { concurrency: 100 });
  await ticks.done();
  const perSecond = n / ((performance.now() - startedAt) / 1_000);
  if (isMeasured) scene.end();
  await peer.close();
  return { perSecond, errors: ticks.trouble.errors };
}
