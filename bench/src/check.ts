import { PEERS } from "./peers/all.ts";
import { RAW_OF, ratioToRaw } from "./ratio-to-raw.ts";
import { type Latest, readResults } from "./read-results.ts";
import { runTest } from "./run-test.ts";
import { ServerPool } from "./server-pool.ts";
import type { Test } from "./test.ts";
import { TESTS } from "./tests/all.ts";

/** Fails where Turno has become slower beside the raw statements than it is in `bench/results`; absolute speeds do not count. */
const CHECKED = ["A", "Ac", "B", "C1", "C100", "E"];

/** By so much a ratio may fall. */
const TOLERATED = 1 / 4;

const ROUNDS = 3;

/** What seems to have fallen is measured again before anybody is accused. */
const ROUNDS_IN_DOUBT = 7;

const NAMES = new Set([...Object.keys(RAW_OF), ...Object.values(RAW_OF)]);
const entries = PEERS.filter(({ name }) => NAMES.has(name));

const committed = readResults();
const fallen: string[] = [];
let compared = 0;
for (const test of TESTS.filter(({ alias }) => CHECKED.includes(alias))) {
  const before = committed.get(test.alias);
  if (before !== undefined) fallen.push(...(await check(test, before)));
}
if (compared === 0) {
  console.error(
    "bench/results has nothing to compare with: `npm run bench` makes it, on a quiet machine",
  );
  process.exitCode = 1;
} else if (fallen.length > 0) {
  console.error(`\nfallen by more than a quarter:\n${fallen.join("\n")}`);
  process.exitCode = 1;
} else {
  console.log(`\nnone of ${compared} ratios has fallen by more than a quarter`);
}

async function check(test: Test, before: Latest): Promise<readonly string[]> {
  const first = await compare(test, before, ROUNDS);
  const inDoubt = first.filter(hasFallen);
  const last = inDoubt.length === 0 ? first : await compare(test, before, ROUNDS_IN_DOUBT);
  compared += last.length;
  for (const one of last) console.log(wordsOf(test, one));
  return last.filter(hasFallen).map((one) => wordsOf(test, one));
}

interface Compared {
  readonly turno: string;
  readonly was: number;
  /** Undefined where it could not be measured. */
  readonly is: number | undefined;
}

async function compare(test: Test, before: Latest, rounds: number): Promise<readonly Compared[]> {
  const n = (peer: string) => before.peers.find((one) => one.peer === peer)?.n ?? test.n;
  const after = await runTest(test, {
    entries,
    n,
    rounds,
    servers: new ServerPool(),
    say: console.error,
  });
  return Object.keys(RAW_OF).flatMap((turno) => {
    const was = ratioToRaw(before, turno);
    return was === undefined ? [] : { turno, was, is: ratioToRaw(after, turno) };
  });
}

function hasFallen({ was, is }: Compared): boolean {
  return is === undefined || is < was * (1 - TOLERATED);
}

function wordsOf({ alias, title }: Test, { turno, was, is }: Compared): string {
  const now = is === undefined ? "could not be measured" : `is ${is.toFixed(3)} of raw`;
  return `${alias} (${title}), ${turno}: ${now}, was ${was.toFixed(3)}`;
}
