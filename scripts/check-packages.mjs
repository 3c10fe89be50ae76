// Checks the packed packages as their users get them: npm run pack, then this.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { faultsInPackage } from "./supply-chain/faults-in-package.mjs";
import { readTarball } from "./supply-chain/read-tarball.mjs";

const ours = { license: readFileSync("LICENSE", "utf8"), root: dirname(import.meta.dirname) };

for (const file of readdirSync(".pack").filter((name) => name.endsWith(".tgz"))) {
  checkContents(`.pack/${file}`);
  check("publint", [`.pack/${file}`, "--strict"]);
  // Not even TypeScript takes wasm for a module: who imports it has a bundler that gives its address.
  check("attw", [`.pack/${file}`, "--profile", "esm-only", "--exclude-entrypoints", "sqljs.wasm"]);
}

/** @param {string} tarball */
function checkContents(tarball) {
  const files = readTarball(tarball);
  const faults = faultsInPackage(files, ours);
  tell(faults.length === 0, `contents ${tarball}: ${files.size} files`, faults.join("\n"));
}

/**
 * @param {string} tool
 * @param {string[]} args
 */
function check(tool, args) {
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: "utf8" });
  const found = `${stdout ?? ""}${stderr ?? `${tool} did not start`}`;
  tell(status === 0, `${tool} ${args.join(" ")}`, found);
}

/**
 * Prints what was found where something was found: of a good package attw prints a screen.
 * @param {boolean} good
 * @param {string} what
 * @param {string} found
 */
function tell(good, what, found) {
  console.log(`${good ? "good" : "BAD "} ${what}`);
  if (good) return;
  console.log(found);
  process.exitCode = 1;
}
