import { statSync } from "node:fs";
import type { Outcome } from "../outcome.ts";
import { askPostgres } from "../servers/ask-postgres.ts";
import type { Scene, Stage, Test } from "../test.ts";
import { Ticks } from "../ticks.ts";

const PARTS = 10;

/**
 * Whether a worker keeps its speed from the first of a million ready jobs to the last, and how much storage they leave
 * behind: right after, and where it is Postgres once it has been vacuumed, which it does by itself from time to time.
 */
export const DRAIN_MILLION: Test = {
  alias: "G",
  group: "G",
  title: "drain a million ready jobs at 100: its tenths, and the storage after it",
  n: 1_000_000,
  rounds: 1,
  budgetS: 150,
  columns: [
    { key: "ratio", title: "slowest ÷ fastest tenth", unit: "×", better: "higher" },
    { key: "first", title: "the first tenth", unit: "/s", better: "higher" },
    { key: "middle", title: "the sixth", unit: "/s", better: "higher" },
    { key: "last", title: "the last", unit: "/s", better: "higher" },
    { key: "tables", title: "tables", unit: "MB", better: "lower" },
    { key: "indexes", title: "indexes", unit: "MB", better: "lower" },
    { key: "dead", title: "dead rows", unit: "", better: "lower" },
    { key: "vacuumed", title: "dead rows, vacuumed", unit: "", better: "lower" },
    { key: "seconds", title: "the vacuum", unit: "s", better: "lower" },
  ],
  parts: { main },
  conduct,
};

async function main(scene: Scene): Promise<Outcome> {
  const { n } = scene;
  const peer = await scene.open();
  await peer.fill(n);
  const ticks = new TenthTicks(n);
  scene.begin();
  const startedAt = performance.now();
  peer.work(ticks, { concurrency: 100 });
  await ticks.done();
  scene.end();
  const ended = scene.heard("end");
  scene.ready();
  await ended;
  await peer.close();
  const ends = [startedAt, ...ticks.endedAt];
  const speeds = ticks.endedAt.map((endedAt, at) => {
    return ((n / PARTS) * 1_000) / (endedAt - (ends[at] ?? Number.NaN));
  });
  const [first = Number.NaN, middle = Number.NaN, last = Number.NaN] = [0, 5, 9].map(
    (at) => speeds[at] ?? Number.NaN,
  );
  const ratio = Math.min(...speeds) / Math.max(...speeds);
  return { jobs: n, figures: { ratio, first, middle, last }, trouble: ticks.trouble };
}

/** Looks at the storage while the worker still runs: closing may tidy up. */
async function conduct({ entry, start, storage }: Stage): Promise<Outcome> {
  const working = start("main");
  await working.ready;
  const sizes = await sizesOf(entry.server, storage);
  working.say("end");
  const { figures, ...outcome } = await working.result;
  return { ...outcome, figures: { ...figures, ...sizes } };
}

async function sizesOf(
  server: Stage["entry"]["server"],
  storage: string,
): Promise<Readonly<Record<string, number>>> {
  if (server === "redis") return {};
  if (server === undefined) {
    const file = statSync(storage, { throwIfNoEntry: false });
    return file === undefined ? {} : { tables: file.size / 2 ** 20 };
  }
  const { dead, ...sizes } = await ask(storage);
  const before = performance.now();
  await askPostgres(storage, "vacuum");
  const seconds = (performance.now() - before) / 1_000;
  return { ...sizes, dead, vacuumed: (await ask(storage)).dead, seconds };
}

/** A backend tells what it has counted a second later at the latest. */
async function ask(storage: string) {
  const row = await askPostgres(
    storage,
    `select sum(pg_table_size(relid)) / 1048576 as tables, sum(pg_indexes_size(relid)) / 1048576 as indexes,
      sum(n_dead_tup) as dead from pg_sleep(2), pg_stat_user_tables`,
  );
  const { tables = Number.NaN, indexes = Number.NaN, dead = Number.NaN } = row;
  return { tables: Number(tables), indexes: Number(indexes), dead: Number(dead) };
}

/** Notes when each tenth of the jobs was stored as completed. */
class TenthTicks extends Ticks {
  readonly endedAt: number[] = [];
  readonly #each: number;

  constructor(n: number) {
    super(n);
    this.#each = n / PARTS;
  }

  override stored(): void {
    super.stored();
    if (this.count >= this.#each * (this.endedAt.length + 1)) this.endedAt.push(performance.now());
  }
}
