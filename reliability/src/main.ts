import { parseArgs } from "node:util";
import { runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";
import { verdictText } from "./verdict-text.ts";

const USAGE = `npm run reliability -- [scenario …] [options]
  --short     seconds instead of minutes
  --seed N    of what is left to chance (default: another one each time)
  --list      says which scenarios there are
Without a name, all of them run.`;

const { scenarios, size, seed, isList } = readOptions();
// To exit takes the processes along, the frozen ones too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
if (isList) for (const { name, promise } of scenarios) console.log(`${name.padEnd(12)} ${promise}`);
// What a scenario has left open does not keep the command.
else process.exit(await runAll());

async function runAll(): Promise<number> {
  let broken = 0;
  for (const scenario of scenarios) {
    const verdict = await runScenario(scenario, { size, seed });
    console.log(verdictText(verdict));
    if (verdict.violations.length > 0) broken++;
  }
  return broken === 0 ? 0 : 1;
}

function readOptions() {
  const { values, positionals } = parse();
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  return {
    scenarios: positionals.length === 0 ? SCENARIOS : positionals.map(named),
    size: values.short ? ("short" as const) : ("long" as const),
    seed: values.seed === undefined ? Math.floor(Math.random() * 1e6) : seedOf(values.seed),
    isList: values.list,
  };
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        short: { type: "boolean", default: false },
        seed: { type: "string" },
        list: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function named(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  return found ?? refuse(`there is no scenario "${name}"; --list says which there are`);
}

function seedOf(text: string): number {
  const seed = Number(text);
  return Number.isSafeInteger(seed) && seed >= 0
    ? seed
    : refuse(`--seed must be an integer from 0 on, but is ${text}`);
}

function refuse(message: string): never {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}
