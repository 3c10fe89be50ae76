import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { PER_SECOND, type Scene, type Test } from "../test.ts";
import { Ticks } from "../ticks.ts";

/** So long after it has begun to work a worker waits for jobs. */
const SETTLE_MS = 300;

/** So many jobs a turn of the event loop are enqueued: a producer that never yields would let no worker begin. */
const A_TURN = 10;

/** How fast jobs go through, enqueued one by one while a worker of the same process drains. */
export const ENQUEUE_WHILE_DRAINING: Test = {
  alias: "E",
  group: "drain",
  title: "enqueue one by one while the same process drains, 100 at a time",
  n: 50_000,
  rounds: 5,
  budgetS: 3.5,
  columns: [PER_SECOND],
  parts: { main },
};

async function main(scene: Scene) {
  const { n } = scene;
  const peer = await scene.open();
  const ticks = new Ticks(n);
  peer.work(ticks, { concurrency: 100 });
  await sleep(SETTLE_MS);
  scene.begin();
  for (let index = 0; index < n; index++) {
    await peer.enqueue(index);
    if (index % A_TURN === A_TURN - 1) await turn();
  }
  await ticks.done();
  const seconds = scene.end();
  await peer.close();
  return { jobs: n, figures: { perSecond: n / seconds }, trouble: ticks.trouble };
}
