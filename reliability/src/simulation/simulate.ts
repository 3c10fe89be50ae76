// Plays scripts of faults by the thousand: npm run simulate -- --seeds 10000 --steps 3000 --seed 1 --store memory
// With --situations it also tells how often each situation came about.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Plays } from "./plays.ts";
import { STORES, type StoreName } from "./stores.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    steps: { type: "string", default: "3000" },
    seed: { type: "string", default: "1" },
    store: { type: "string", default: "memory" },
    situations: { type: "boolean", default: false },
    processes: { type: "string", default: String(availableParallelism()) },
  },
});

const store = storeNamed(values.store);
const [seeds, steps] = [count(values.seeds, "seeds"), count(values.steps, "steps")];
const plays = new Plays({ store, seeds, steps, first: count(values.seed, "seed") });
const startedAt = performance.now();
const { situations, failure } = await plays.run(count(values.processes, "processes"));
const seconds = Math.round((performance.now() - startedAt) / 1_000);

if (values.situations)
  for (const [situation, times] of [...situations].sort(([, a], [, b]) => b - a))
    console.log(`${String(times).padStart(10)}  ${situation}`);
if (failure === undefined) console.log(verdict());
else {
  console.error(failure);
  process.exitCode = 1;
}

function verdict(): string {
  const [rarest = ["none", 0]] = [...situations].sort(([, a], [, b]) => a - b);
  return (
    `simulated ${seeds} seeds x ${steps} steps on ${store} in ${seconds} s: every promise was kept; ` +
    `${situations.size} situations, the rarest "${rarest[0]}", ${rarest[1]} times`
  );
}

function storeNamed(name: string): StoreName {
  if (Object.hasOwn(STORES, name)) return name as StoreName;
  throw new TypeError(`--store is one of ${Object.keys(STORES).join(", ")}, but not ${name}`);
}

function count(text: string, name: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new RangeError(`--${name} must be a positive integer, but is ${text}`);
}
