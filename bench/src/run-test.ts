import { calibrate } from "./calibrate.ts";
import type { Entry } from "./peer.ts";
import type { PeerResults, Round, TestResults } from "./results.ts";
import { runRound } from "./run-round.ts";
import type { ServerPool } from "./server-pool.ts";
import type { Test } from "./test.ts";

interface Options {
  readonly entries: readonly Entry[];
  /** Jobs a round, whatever the test says and however slow a peer is; or so many for each peer. */
  readonly n?: number | ((peer: string) => number) | undefined;
  readonly rounds?: number | undefined;
  readonly servers: ServerPool;
  /** Says what happens, for whoever waits. */
  readonly say: (words: string) => void;
}

/** One peer's part in a test, while it is run. */
interface Turn extends PeerResults {
  readonly entry: Entry;
  n: number;
  durability?: string | undefined;
  unfit?: string | undefined;
  readonly rounds: Round[];
  readonly failures: string[];
}

/** A peer that failed so often is asked no more. */
const ENOUGH_FAILURES = 2;

/** Runs a test: in each round all peers in an order of its own, each on fresh storage. */
export async function runTest(test: Test, options: Options): Promise<TestResults> {
  const turns = options.entries.map((entry) => turnOf(test, entry));
  for (const turn of turns) await prepare(test, turn, options);
  const rounds = options.rounds ?? test.rounds;
  for (let round = 0; round < rounds; round++) {
    const fit = shuffled(turns.filter((turn) => !isOut(turn)));
    const apart = fit.filter(({ entry }) => !test.together || entry.server !== undefined);
    const together = fit.filter((turn) => !apart.includes(turn));
    await Promise.all(together.map((turn) => playOnce(test, turn, options, { round, place: 0 })));
    for (const [place, turn] of apart.entries())
      await playOnce(test, turn, options, { round, place });
  }
  const { alias, group, title, n, columns } = test;
  const peers = turns.map(({ entry: _, ...results }) => results);
  return {
    test: alias,
    group,
    title,
    n: typeof options.n === "number" ? options.n : n,
    columns,
    peers,
  };
}

function turnOf(test: Test, entry: Entry): Turn {
  return {
    entry,
    peer: entry.name,
    server: entry.server,
    n: test.n,
    unfit: entry.unfit?.(test.alias),
    rounds: [],
    failures: [],
  };
}

/** Finds out how many jobs a round has, and whether the peer runs at all. */
async function prepare(test: Test, turn: Turn, { n, servers, say }: Options): Promise<void> {
  const { entry } = turn;
  if (turn.unfit !== undefined) return;
  try {
    if (entry.server !== undefined) await servers.get(entry.server);
  } catch (error) {
    turn.unfit = wordsOf(error);
    return;
  }
  if (n !== undefined) {
    turn.n = typeof n === "number" ? n : n(entry.name);
    return;
  }
  try {
    turn.n = await calibrate(test, async (jobs) => {
      return (await runRound(test, entry, { n: jobs, servers })).wallSeconds;
    });
    if (turn.n < test.n)
      say(
        `${test.alias} ${entry.name}: ${turn.n} jobs instead of ${test.n}, to take ${test.budgetS} s a round`,
      );
  } catch (error) {
    turn.failures.push(`in a probe: ${wordsOf(error)}`);
    say(`${test.alias} ${entry.name}: ${turn.failures[0]}`);
    turn.n = Math.ceil(test.n / 20);
  }
}

async function playOnce(
  test: Test,
  turn: Turn,
  { servers, say }: Options,
  order: Pick<Round, "round" | "place">,
): Promise<void> {
  try {
    const round = await runRound(test, turn.entry, { n: turn.n, servers });
    turn.durability ??= round.durability;
    turn.rounds.push({ ...order, ...round });
  } catch (error) {
    turn.failures.push(wordsOf(error));
    say(`${test.alias} ${turn.peer}: ${wordsOf(error)}`);
  }
}

function isOut({ unfit, failures }: Turn): boolean {
  return unfit !== undefined || failures.length >= ENOUGH_FAILURES;
}

function shuffled<T>(list: readonly T[]): readonly T[] {
  return list
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
