import type { WorkOptions } from "../peer.ts";
import { type Part, PER_SECOND, type Test } from "../test.ts";
import { Ticks } from "../ticks.ts";

/** How fast a worker drains a queue that is full when it begins. */
export const DRAIN: readonly Test[] = [
  drain("C1", "drain, 1 handler at a time", { concurrency: 1 }),
  drain("C10", "drain, 10 at a time", { concurrency: 10 }),
  drain("C100", "drain, 100 at a time", { concurrency: 100 }),
  drain("C100w", "drain, 100 at a time that wait 1 ms", { concurrency: 100, handlerMs: 1 }),
];

function drain(alias: string, title: string, options: WorkOptions): Test {
  return {
    alias,
    group: "drain",
    title,
    n: 100_000,
    rounds: 5,
    budgetS: 2,
    columns: [PER_SECOND],
    parts: { main: drainPart(options) },
  };
}

/** Measures from the start of a worker until the last of `n` jobs is stored as completed. */
export function drainPart(options: WorkOptions): Part {
  return async (scene) => {
    const { n } = scene;
    const peer = await scene.open();
    await peer.fill(n);
    const ticks = new Ticks(n);
    scene.begin();
    peer.work(ticks, options);
    await ticks.done();
    const seconds = scene.end();
    await peer.close();
    return { jobs: n, figures: { perSecond: n / seconds }, trouble: ticks.trouble };
  };
}
