import type { Peer } from "../peer.ts";
import { type Part, PER_SECOND, type Test } from "../test.ts";

/** How fast jobs are stored by one producer that awaits each, by a hundred of them, and in bulk. */
export const ENQUEUE: readonly Test[] = [
  enqueue("A", "enqueue, one awaited after the other", 50_000, async (peer, n) => {
    for (let index = 0; index < n; index++) await peer.enqueue(index);
  }),
  enqueue("Ac", "enqueue, 100 producers", 100_000, (peer, n) => peer.enqueueAwaiting(n)),
  enqueue("B", "enqueue in bulk, 1,000 a call", 200_000, (peer, n) => peer.fill(n)),
];

function enqueue(
  alias: string,
  title: string,
  n: number,
  store: (peer: Peer, n: number) => Promise<void>,
): Test {
  return {
    alias,
    group: "enqueue",
    title,
    n,
    rounds: 5,
    budgetS: 2,
    columns: [PER_SECOND],
    parts: { main: enqueuePart(store) },
  };
}

/** Measures what `store` does with `n` jobs, and counts whether they are there. */
export function enqueuePart(store: (peer: Peer, n: number) => Promise<void>): Part {
  return async (scene) => {
    const { n } = scene;
    const peer = await scene.open();
    scene.begin();
    await store(peer, n);
    const seconds = scene.end();
    const stored = await peer.count();
    await peer.close();
    const trouble = { errors: 0, twice: Math.max(0, stored - n), never: Math.max(0, n - stored) };
    return { jobs: n, figures: { perSecond: n / seconds }, trouble };
  };
}
