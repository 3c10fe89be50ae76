// Checks the packed packages as their users get them: npm run pack, then this.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

for (const file of readdirSync(".pack")) {
  check("publint", [`.pack/${file}`, "--strict"]);
  // Not even TypeScript takes wasm for a module: who imports it has a bundler that gives its address.
  check("attw", [`.pack/${file}`, "--profile", "esm-only", "--exclude-entrypoints", "sqljs.wasm"]);
}

/**
 * Prints what the tool found where it found something: of a good package attw prints a screen.
 * @param {string} tool
 * @param {string[]} args
 */
function check(tool, args) {
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: "utf8" });
  const good = status === 0;
  console.log(`${good ? "good" : "BAD "} ${tool} ${args.join(" ")}`);
  if (good) return;
  console.log(`${stdout ?? ""}${stderr ?? `${tool} did not start`}`);
  process.exitCode = 1;
}
