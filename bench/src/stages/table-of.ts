import { type Stage, STAGES } from "./stage-of.ts";

/** By a test's alias the µs that a job spends in each stage. */
export type StagesByTest = Readonly<Record<string, Readonly<Record<Stage, number>>>>;

/** A table in Markdown: a row for each stage, a column for each test; with `before` each cell says both. */
export function tableOf(stages: StagesByTest, before?: StagesByTest): string {
  const tests = Object.keys(stages);
  const row = (name: string, sum: (stages: Readonly<Record<Stage, number>>) => number) => {
    const cells = tests.map((test) => {
      return [before?.[test], stages[test]]
        .flatMap((of) => (of === undefined ? [] : sum(of).toFixed(1)))
        .join(" → ");
    });
    return `| ${[name, ...cells].join(" | ")} |`;
  };
  return [
    `| µs a job | ${tests.join(" | ")} |`,
    `|---|${tests.map(() => "---:|").join("")}`,
    ...STAGES.map((stage) => row(stage, (of) => of[stage])),
    row("**in all**", (of) => Object.values(of).reduce((sum, micros) => sum + micros, 0)),
  ].join("\n");
}
