import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { runTests } from "./test-run.ts";
import { TreeCopy } from "./tree-copy.ts";

/** A copy without a fault, in which every test must pass that is to find one. */
export class CleanTree {
  /** The tests of every package. */
  readonly allTests: readonly string[];
  readonly #copy: TreeCopy;
  #allPass: Promise<void> | undefined;

  constructor(root: string, folder: string) {
    this.#copy = new TreeCopy(root, folder);
    this.allTests = readdirSync(join(folder, "packages")).map((name) => `${name}/test/`);
  }

  /** Rejects where one of these tests fails, or where there is none of that name. */
  async assertPass(tests: readonly string[]): Promise<void> {
    const { failure, files } = await runTests(this.#copy.folder, [...new Set(tests)], {
      threads: availableParallelism(),
    });
    if (failure !== undefined)
      throw new Error(
        `without any fault this test ${failure.timedOut ? "never ends" : "fails"}, so it can find none: ` +
          `${failure.file} > ${failure.test}`,
      );
    const missing = tests.find((test) => !files.some((file) => file.startsWith(test)));
    if (missing !== undefined)
      throw new Error(`a mutant names a test that is not there: ${missing}`);
  }

  /** The same of all there are, tried once. */
  assertAllPass(): Promise<void> {
    this.#allPass ??= this.assertPass(this.allTests);
    return this.#allPass;
  }
}
