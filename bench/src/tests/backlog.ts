import type { Outcome } from "../outcome.ts";
import type { Peer } from "../peer.ts";
import type { Column, Scene, Test } from "../test.ts";
import { Ticks } from "../ticks.ts";

const HOUR_MS = 3_600_000;

/** At most so many jobs are drained at each backlog. */
const DRAINED = 20_000;

/** How many jobs are ready, of `n`; with few of them the queue must not run empty between two that are added. */
const BACKLOGS = [
  { key: "few", title: "1k ready", of: () => 1_000 },
  { key: "tenth", title: "n/10 ready", of: (n: number) => Math.max(1_000, Math.ceil(n / 10)) },
  { key: "all", title: "n ready", of: (n: number) => Math.max(1_000, n) },
] as const;

/** So many jobs are enqueued at once, as soon as so many are done. */
const CHUNK = 250;

/**
 * How fast a worker drains beside a backlog: `n` finished rows, `n` that are not due for an hour, and a thousand, a tenth
 * and all of `n` ready jobs. As jobs are done as many are enqueued in bulk, in the same process, so that the backlog
 * stays what it is; that costs all three the same.
 */
export const BACKLOG: Test = {
  alias: "L",
  group: "L",
  title:
    "drain at 100 beside a million finished and a million future jobs, with 1k, 100k and 1M ready",
  n: 1_000_000,
  rounds: 1,
  budgetS: 45,
  columns: [
    { key: "ratio", title: "the last ÷ the first", unit: "×", better: "higher" },
    ...BACKLOGS.map(({ key, title }): Column => ({ key, title, unit: "/s", better: "higher" })),
  ],
  parts: { main },
};

async function main(scene: Scene): Promise<Outcome> {
  const { n } = scene;
  await finishAll(await scene.open(), n);
  const filling = await scene.open();
  await filling.fill(n, HOUR_MS);
  await filling.close();

  const drained = Math.min(DRAINED, Math.ceil(n / 10));
  const figures: Record<string, number> = {};
  let [ready, errors] = [0, 0];
  for (const { key, of } of BACKLOGS) {
    const backlog = of(n);
    const peer = await scene.open();
    await peer.fill(backlog - ready);
    const ticks = new ToppedUp(drained, peer);
    scene.begin();
    peer.work(ticks, { concurrency: 100 });
    await ticks.done();
    const seconds = scene.end();
    await ticks.filled;
    await peer.close();
    // Who takes large batches has done more than was waited for.
    ready = backlog + ticks.added - ticks.count;
    figures[key] = drained / seconds;
    errors += ticks.trouble.errors;
  }
  return {
    jobs: drained * BACKLOGS.length,
    figures: { ratio: (figures["all"] ?? Number.NaN) / (figures["few"] ?? Number.NaN), ...figures },
    trouble: { errors, twice: 0, never: 0 },
  };
}

async function finishAll(peer: Peer, n: number): Promise<void> {
  await peer.fill(n);
  const ticks = new Ticks(n);
  peer.work(ticks, { concurrency: 100 });
  await ticks.done();
  await peer.close();
}

/** Enqueues as many jobs as are done. Which they are is not asked: indexes come again. */
class ToppedUp extends Ticks {
  /** Resolves when all is stored that it has enqueued so far. */
  filled = Promise.resolve();
  added = 0;
  readonly #n: number;
  readonly #peer: Peer;

  constructor(n: number, peer: Peer) {
    super(n);
    this.#n = n;
    this.#peer = peer;
  }

  override ran(): void {}

  override stored(): void {
    super.stored();
    if (this.count >= this.#n || this.count % CHUNK !== 0) return;
    this.added += CHUNK;
    this.filled = this.filled
      .then(() => this.#peer.fill(CHUNK))
      .catch((error) => this.failed(error));
  }
}
