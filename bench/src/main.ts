import { createRequire } from "node:module";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import { idle } from "./idle.ts";
import { installPeers, PEERS } from "./peers.ts";
import { throughput } from "./throughput.ts";
import { wakeUp } from "./wake-up.ts";

const USAGE = `npm run bench -- [options]
  --test NAME      throughput, wake-up or idle; may be given several times (default: all)
  --rounds N       of throughput and wake-up, each contestant in turn (default: 5)
  --jobs N         in each round of throughput (default: 50000)
  --wake-ups N     in all rounds together (default: 500)
  --seconds N      to be idle (default: 60)`;

const TESTS = { throughput, "wake-up": wakeUp, idle };

const options = readOptions();
installPeers();
printMachine();
for (const name of options.tests) await TESTS[name](options);
printLoad();

function readOptions() {
  const { values } = parseArgs({
    options: {
      test: { type: "string", multiple: true },
      rounds: { type: "string", default: "5" },
      jobs: { type: "string", default: "50000" },
      "wake-ups": { type: "string", default: "500" },
      seconds: { type: "string", default: "60" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  return {
    tests: (values.test ?? Object.keys(TESTS)).map(testName),
    rounds: positive(values.rounds, "--rounds"),
    jobs: positive(values.jobs, "--jobs"),
    wakeUps: positive(values["wake-ups"], "--wake-ups"),
    seconds: positive(values.seconds, "--seconds"),
  };
}

function testName(name: string): keyof typeof TESTS {
  if (name === "throughput" || name === "wake-up" || name === "idle") return name;
  return refuse(`there is no test "${name}"`);
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

function printMachine(): void {
  const driver = createRequire(import.meta.url)("better-sqlite3/package.json").version;
  const database = new Database(":memory:");
  const sqlite = database.prepare<[], string>("SELECT sqlite_version()").pluck().get();
  database.close();
  const [cpu] = cpus();
  console.log(`${cpus().length} × ${cpu?.model ?? "?"}; Node ${process.versions.node}`);
  const peers = Object.entries(PEERS).map(([name, version]) => `, ${name} ${version}`);
  console.log(`better-sqlite3 ${driver} with SQLite ${sqlite}${peers.join("")}`);
  printLoad();
}

function printLoad(): void {
  const load = loadavg().map((figure) => figure.toFixed(2));
  console.log(`load over 1, 5 and 15 minutes: ${load.join(", ")}`);
}
