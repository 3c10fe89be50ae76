import type { Outcome } from "../outcome.ts";
import type { Peer } from "../peer.ts";
import type { Column, Scene, Test } from "../test.ts";
import { Ticks } from "../ticks.ts";

const HOUR_MS = 3_600_000;

/** At most so many jobs are drained at each backlog. */
const DRAINED = 20_000;

const SHARES = [1 / 1_000, 1 / 10, 1] as const;

/**
 * How fast a worker drains beside a backlog: `n` finished rows, `n` that are not due for an hour, and a thousandth, a tenth
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
  budgetS: 120,
  columns: [
    { key: "ratio", title: "the last ÷ the first", unit: "×", better: "higher" },
    ...SHARES.map(
      (share): Column => ({
        key: keyOf(share),
        title: `backlog ${share === 1 ? "n" : `n/${Math.round(1 / share)}`}`,
        unit: "/s",
        better: "higher",
      }),
    ),
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
  for (const share of SHARES) {
    const backlog = Math.ceil(n * share);
    const peer = await scene.open();
    await peer.fill(backlog - ready);
    ready = backlog;
    const ticks = new ToppedUp(drained, { peer, chunk: Math.ceil(n / 2_000) });
    scene.begin();
    peer.work(ticks, { concurrency: 100 });
    await ticks.done();
    const seconds = scene.end();
    await ticks.filled;
    await peer.close();
    figures[keyOf(share)] = drained / seconds;
    errors += ticks.trouble.errors;
  }
  const [first, , last] = SHARES.map((share) => figures[keyOf(share)] ?? Number.NaN);
  return {
    jobs: drained * SHARES.length,
    figures: { ratio: (last ?? 0) / (first ?? 0), ...figures },
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

function keyOf(share: number): string {
  return `backlog${1 / share}`;
}

/** Enqueues as many jobs as are done. Which they are is not asked: indexes come again. */
class ToppedUp extends Ticks {
  /** Resolves when all is stored that it has enqueued so far. */
  filled = Promise.resolve();
  readonly #n: number;
  readonly #peer: Peer;
  readonly #chunk: number;

  constructor(n: number, { peer, chunk }: { readonly peer: Peer; readonly chunk: number }) {
    super(n);
    this.#n = n;
    this.#peer = peer;
    this.#chunk = chunk;
  }

  override ran(): void {}

  override stored(): void {
    super.stored();
    if (this.count >= this.#n || this.count % this.#chunk !== 0) return;
    this.filled = this.filled
      .then(() => this.#peer.fill(this.#chunk))
      .catch((error) => this.failed(error));
  }
}
