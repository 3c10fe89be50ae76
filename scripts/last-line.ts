import type { Reporter, TestModule } from "vitest/node";

/** Ends the run's output with one plain line: `N passed, N failed, N skipped`. */
export class LastLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      // A file or a suite that breaks outside its tests has failed too, though no test of it has.
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state === "pending" ? "failed" : state] += 1;
      }
    }
    const line = `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`;
    // On exit, because other reporters still print after this.
    process.once("exit", () => process.stdout.write(line));
  }
}
