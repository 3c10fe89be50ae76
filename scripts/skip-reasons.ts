import type { Reporter, TestModule } from "vitest/node";

/** Ends the run's output with why tests were skipped, where they said so: the summary counts them alone. */
export class SkipReasons implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, number>();
    for (const { children } of modules) {
      for (const test of children.allTests("skipped")) {
        const result = test.result();
        const note = result.state === "skipped" ? result.note : undefined;
        if (note !== undefined) counts.set(note, (counts.get(note) ?? 0) + 1);
      }
    }
    const lines = Array.from(counts, ([reason, count]) => `skipped ${count}: ${reason}\n`);
    // On exit, because other reporters still print after this.
    process.once("exit", () => process.stdout.write(lines.join("")));
  }
}
