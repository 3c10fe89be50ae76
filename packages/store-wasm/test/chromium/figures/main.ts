// Prints what the queue does in the Chromium of this machine: npm run browser-figures [-- NAME …]
import { chromium } from "../../../../../scripts/chromium.ts";
import { Setting } from "../harness/setting.ts";
import { FIGURES } from "./figures.ts";
import { machine } from "./machine.ts";

const { path, missing } = await chromium();
if (path === undefined) throw new Error(missing);
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !Object.hasOwn(FIGURES, name));
if (unknown !== undefined)
  throw new Error(`there is no "${unknown}"; there are ${Object.keys(FIGURES).join(", ")}`);

await using setting = await Setting.in(path);
console.log(await machine(setting));
for (const [name, figure] of Object.entries(FIGURES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const startedAt = performance.now();
  const lines = await figure(setting);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`\n${name} (${seconds} s)\n  ${lines.join("\n  ")}`);
}
console.log(`\n${await machine(setting)}`);
