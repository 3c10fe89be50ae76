import { parseArgs } from "node:util";
import { PEERS } from "./peers/all.ts";
import { TESTS } from "./tests/all.ts";

const USAGE = `npm run bench -- [options]
  --peer NAME   one that takes part, or the beginning of some names; may be given several times (default: all)
  --test NAME   a test or a group of tests; may be given several times (default: all)
  --n N         jobs a round, for each peer alike (default: the test's, fewer for a peer that is too slow)
  --rounds N    (default: the test's)
  --out FILE    where the results go (default: bench/results/all.json, unless an option makes the run a partial one)

peers: ${PEERS.map(({ name }) => name).join(", ")}

tests, by their groups:
${TESTS.map(({ alias, group, title }) => `  ${group.padEnd(8)}${alias.padEnd(8)}${title}`).join("\n")}`;

/** What the command line asks for. Ends the process where that cannot be had. */
export function readOptions() {
  const { values } = parsed();
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const isPartial = [values.peer, values.test, values.n, values.rounds].some((one) => one);
  return {
    entries: chosen(PEERS, values.peer, "peer", ({ name }, wanted) =>
      name.toLowerCase().startsWith(wanted.toLowerCase()),
    ),
    tests: chosen(
      TESTS,
      values.test,
      "test",
      ({ alias, group }, wanted) => alias === wanted || group === wanted,
    ),
    n: values.n === undefined ? undefined : positive(values.n, "--n"),
    rounds: values.rounds === undefined ? undefined : positive(values.rounds, "--rounds"),
    out: values.out ?? (isPartial ? undefined : "bench/results/all.json"),
  };
}

function parsed() {
  try {
    return parseArgs({
      options: {
        peer: { type: "string", multiple: true },
        test: { type: "string", multiple: true },
        n: { type: "string" },
        rounds: { type: "string" },
        out: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** Those that fit one of the names, in their own order; all where no name is given. */
function chosen<T>(
  all: readonly T[],
  names: readonly string[] | undefined,
  kind: string,
  fits: (one: T, name: string) => boolean,
): readonly T[] {
  const unknown = names?.find((name) => !all.some((one) => fits(one, name)));
  if (unknown !== undefined) return refuse(`there is no ${kind} "${unknown}"`);
  return all.filter((one) => names === undefined || names.some((name) => fits(one, name)));
}

function positive(text: string, option: string): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0
    ? number
    : refuse(`${option} must be a positive integer, but is ${text}`);
}

function refuse(message: string): never {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}
