import { percentile, spread } from "./figures.ts";
import { OwnProcess } from "./own-process.ts";
import { printTable } from "./print-table.ts";
import type { WakeUpRound, WakeUps } from "./processes/wake-up-round.ts";
import { type Entry, rowsOf, takeTurns } from "./take-turns.ts";
import { troubleOf } from "./trouble-of.ts";

interface Options {
  readonly rounds: number;
  /** In all rounds together. */
  readonly wakeUps: number;
}

/** A worker's first jobs of each round, which are not counted. */
const WARM_UP = 5;

const CONTESTANTS = ["raw better-sqlite3", "Turno", "plainjob", "plainjob, tuned"] as const;

/** How long from the call of enqueue to the handler's first line, in an idle worker. */
export async function wakeUp({ rounds, wakeUps }: Options): Promise<void> {
  const n = Math.ceil(wakeUps / rounds) + WARM_UP;
  for (const [place, measure] of [
    ["the same process", inOne],
    ["another process", inTwo],
  ] as const) {
    const entries = await takeTurns<WakeUps>(CONTESTANTS, rounds, (contestant, file) =>
      measure({ contestant, durability: "full", file, n }),
    );
    print(`wake-up in ${place}: ${rounds} rounds, 20–120 ms apart`, entries);
  }
}

type Round = Omit<WakeUpRound, "role">;

function inOne(round: Round): Promise<WakeUps> {
  return start({ ...round, role: "both" }).result;
}

async function inTwo(round: Round): Promise<WakeUps> {
  const worker = start({ ...round, role: "worker" });
  await worker.ready;
  const producer = start({ ...round, role: "producer" });
  const { enqueuedAt } = await producer.result.finally(() => worker.end());
  return { ...(await worker.result), enqueuedAt };
}

function start(options: WakeUpRound): OwnProcess<WakeUps> {
  return new OwnProcess<WakeUps>("wake-up-round.ts", options);
}

function print(title: string, entries: readonly Entry<WakeUps>[]): void {
  const row = (results: readonly WakeUps[]) => {
    const rounds = results.map(latencies);
    const all = rounds.flat();
    const p99 = rounds.map((round) => percentile(round, 0.99));
    return [
      String(all.length),
      ms(percentile(all, 0.5)),
      ms(percentile(all, 0.99)),
      ms(Math.max(...all)),
      spread(p99, ms),
      troubleOf(results.map(({ trouble }) => trouble)),
      results[0]?.durability ?? "",
    ];
  };
  printTable(`${title} (ms)`, [
    ["", "wake-ups", "p50", "p99", "max", "p99 of a round", "trouble", "in force"],
    ...rowsOf(entries, row),
  ]);
}

/** In ms; without the warm-up and without what never ran. */
function latencies({ enqueuedAt, ranAt }: WakeUps): readonly number[] {
  return enqueuedAt
    .map((instant, index) => ({ instant, ran: ranAt[index] ?? 0 }))
    .slice(WARM_UP)
    .filter(({ ran }) => ran > 0)
    .map(({ instant, ran }) => (ran - instant) / 1_000);
}

function ms(figure: number): string {
  return figure.toFixed(2);
}
