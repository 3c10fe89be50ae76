import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { installPeers } from "./installed.ts";
import { load, machine, versions } from "./machine.ts";
import { readOptions } from "./options.ts";
import { printTable } from "./print-table.ts";
import type { Results, TestResults } from "./results.ts";
import { runTest } from "./run-test.ts";
import { ServerPool } from "./server-pool.ts";
import { tableOf } from "./table-of.ts";

const { tests, out, ...options } = readOptions();
installPeers();
const startedAt = new Date();
const before = machine();
const own = versions();
const servers = new ServerPool();
console.log(`${before.cores} × ${before.cpu}, load ${before.load[0]}`);
console.log(
  Object.entries(own)
    .map(([name, version]) => `${name} ${version}`)
    .join(", "),
);

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void servers.stop().finally(() => process.exit(1)));

const done: TestResults[] = [];
try {
  for (const test of tests) {
    const results = await runTest(test, { ...options, servers, say });
    done.push(results);
    const rounds = options.rounds ?? test.rounds;
    printTable(
      `${test.alias}: ${test.title} (${results.n} a round, ${rounds} rounds)`,
      tableOf(results),
    );
    // After each test: what a run has measured is kept when it is stopped.
    if (out !== undefined) await keep(out);
  }
} finally {
  await servers.stop();
}
console.log(`\nload ${load()}, ${minutes()} min${out === undefined ? "" : `; results in ${out}`}`);

async function keep(file: string): Promise<void> {
  const results: Results = {
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    machine: { ...before, load: [...before.load, load()] },
    versions: { ...own, ...(await servers.versions()) },
    tests: done,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, shortened, 1)}\n`);
}

/** Figures of more than six digits say no more. */
function shortened(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value)
    ? Number(value.toPrecision(6))
    : value;
}

function say(words: string): void {
  console.error(`  ${words}`);
}

function minutes(): string {
  return ((Date.now() - startedAt.getTime()) / 60_000).toFixed(1);
}
