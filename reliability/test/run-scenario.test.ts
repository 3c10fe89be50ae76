import { existsSync, rmSync } from "node:fs";
import type { Violation } from "@turno/testkit";
import { expect, it } from "vitest";
import { runScenario, type Verdict } from "../src/run-scenario.ts";
import type { Scenario } from "../src/scenario.ts";
import { verdictText } from "../src/verdict-text.ts";

it("a kept promise is one line, and its site is removed", async () => {
  let folder = "";
  const verdict = await verdictOf((site) => {
    folder = site;
    return [];
  });
  expect(verdictText(verdict)).toMatch(/^kept {4}doubtful {5}seed 7 {3}something {3}\(\d s\)$/);
  expect(existsSync(folder)).toBe(false);
});

it("a broken promise is told with what happened, and its site is kept", async () => {
  const verdict = await verdictOf(() => [{ promise: "nothing lost", what: "job 1 is lost" }]);
  const lines = verdictText(verdict).split("\n");
  expect(lines[0]).toMatch(/^BROKEN {2}doubtful /);
  expect(lines.slice(1)).toEqual([
    "  nothing lost: job 1 is lost",
    `  the database and the histories: ${verdict.folder}`,
  ]);
  expect(existsSync(`${verdict.folder}/queue.db`)).toBe(true);
  rmSync(verdict.folder ?? "", { recursive: true });
});

it("a scenario that throws is broken", async () => {
  const verdict = await verdictOf(() => {
    throw new Error("no such crew");
  });
  expect(verdict.violations[0]?.what).toContain("no such crew");
  rmSync(verdict.folder ?? "", { recursive: true });
});

it("a scenario that is skipped is not kept", async () => {
  const skipped = "something is missing";
  const run = async () => ({ account: "", violations: [], skipped });
  const scenario: Scenario = { name: "doubtful", promise: "one knows when nothing is shown", run };
  const verdict = await runScenario(scenario, { size: "short", seed: 7 });
  expect(verdictText(verdict)).toBe("skipped doubtful     something is missing");
});

/** What comes of a scenario that only gives violations, and is told its site's folder. */
function verdictOf(give: (folder: string) => Violation[]): Promise<Verdict> {
  const doubtful: Scenario = {
    name: "doubtful",
    promise: "one knows when something is amiss",
    run: async ({ site }) => ({ account: "something", violations: give(site.folder) }),
  };
  return runScenario(doubtful, { size: "short", seed: 7 });
}
