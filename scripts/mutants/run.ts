// Plants one fault after the other in copies of the tree, and shows which test finds it:
//   npm run mutants            all of them
//   npm run mutants -- fence   those with "fence" in their name or file
import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { availableParallelism, constants, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CleanTree } from "./clean-tree.ts";
import type { Mutant } from "./mutant.ts";
import { mutants } from "./mutants.ts";
import { Report } from "./report.ts";
import { killTests, runTests } from "./test-run.ts";
import { TreeCopy } from "./tree-copy.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(realpathSync(tmpdir()), "turno-mutants-"));
// Some test runs a program of the copy as another user.
chmodSync(folder, 0o755);
cleanUpAtTheEnd();

const chosen = choose(process.argv.slice(2));
const report = new Report(chosen.length);
const clean = new CleanTree(root, join(folder, "clean"));
await clean.assertPass(chosen.flatMap(({ tests }) => tests)).catch(giveUp);
report.begin();
const waiting = [...chosen];
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, workThrough));
process.exitCode = report.end() ? 0 : 1;

/** Takes one mutant after the other, in a copy of its own. */
async function workThrough(_: unknown, at: number): Promise<void> {
  const copy = new TreeCopy(root, join(folder, `copy-${at}`));
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const startedAt = performance.now();
    try {
      const failure = await firstFailure(mutant, copy);
      report.tell(mutant, failure, performance.now() - startedAt);
    } catch (error) {
      report.tellVoid(mutant, error);
    }
  }
}

/** Asks the tests that should find it, and then all the others; undefined where none does. */
async function firstFailure(mutant: Mutant, copy: TreeCopy) {
  const takeOut = copy.plant(mutant);
  try {
    const { failure } = await runTests(copy.folder, mutant.tests);
    if (failure !== undefined) return failure;
    await clean.assertAllPass();
    const others = await runTests(copy.folder, clean.allTests, { bail: 5 });
    // Among so many tests one may be late on a busy machine, with any mutant.
    return others.failure?.timedOut === true ? undefined : others.failure;
  } finally {
    takeOut();
  }
}

function choose(parts: readonly string[]): readonly Mutant[] {
  const found = mutants.filter(
    ({ name, file }) =>
      parts.length === 0 || parts.some((part) => `${name} ${file}`.includes(part)),
  );
  if (found.length > 0) return found;
  console.error(`there is no mutant with ${parts.join(" or ")} in its name or file; there are`);
  for (const { name, file } of mutants) console.error(`  ${name} (${file})`);
  process.exit(1);
}

function giveUp(error: Error): never {
  console.error(`\n!!! ${error.message}`);
  process.exit(1);
}

function cleanUpAtTheEnd(): void {
  process.on("exit", () => {
    killTests();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => process.exit(128 + constants.signals[signal]));
}
