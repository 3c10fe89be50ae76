import { describeThrown } from "@turno/core";
import type { Fault } from "./fault.ts";
import type { Outcome } from "./outcome.ts";
import type { RehearsedRun } from "./rehearsal.ts";
import type { Performed } from "./rehearse.ts";

const MOST_DIFFERENCES = 5;
const MOST_RUNS = 10;

interface Evidence {
  readonly performed: Performed;
  readonly expected: Outcome;
  readonly actual: Outcome;
  /** Where the plan was made at random. */
  readonly seed: number | undefined;
}

/** A handler that ran more than once had other effects than one that ran once. */
export class NotIdempotent extends Error {
  override readonly name = "NotIdempotent";
  /** The faults that led there; `checkIdempotent` tries them alone, given them as its `plan`. */
  readonly plan: readonly Fault[];
  /** Test runners print the difference of these two. */
  readonly expected: Outcome;
  readonly actual: Outcome;

  constructor(differences: readonly string[], { performed, expected, actual, seed }: Evidence) {
    const { runs, struck } = performed;
    const listed = [
      ...differences.slice(0, MOST_DIFFERENCES),
      ...(differences.length > MOST_DIFFERENCES ? ["…"] : []),
    ];
    super(
      [
        `the handler is not idempotent: what it leaves behind differs ${causeIn(runs)}`,
        ...listed.map((difference) => `  ${difference.replace(/^\./, "")}`),
        "what happened:",
        ...runs.slice(0, MOST_RUNS).map((run, index) => `  run ${index + 1} of ${told(run)}`),
        ...(runs.length > MOST_RUNS ? ["  …"] : []),
        `to try only this again: checkIdempotent({ … }, { plan: ${JSON.stringify(struck)} })`,
        ...(seed === undefined ? [] : [`(found at random with seed ${seed})`]),
      ].join("\n"),
    );
    this.plan = struck;
    this.expected = expected;
    this.actual = actual;
  }
}

/** Such as `its process is killed after step 1, cards.charge`. */
function causeIn(runs: readonly RehearsedRun[]): string {
  const steps = new Map(
    runs.flatMap((run) => run.steps).map((step) => [Number.parseInt(step), step]),
  );
  const causes = runs
    .flatMap(({ faults }) => faults)
    .map((fault) => {
      const [, number = "0"] = / step (\d+)$/.exec(fault) ?? [];
      const name = steps.get(Number(number))?.replace(/^\d+ /, ", ") ?? "";
      return `${fault.replace(/^killed/, "its process is killed").replace(/^lost/, "it loses")}${name}`;
    });
  return `when ${causes.join(" and ")}`;
}

function told({ type, attempt, steps, faults, end, error }: RehearsedRun): string {
  const outcome = error === undefined ? end : `${end} (${describeThrown(error).message})`;
  const told = [...steps, ...faults, ...(outcome === undefined ? [] : [outcome])];
  return `${JSON.stringify(type)}, attempt ${attempt}: ${told.join(", ")}`;
}
