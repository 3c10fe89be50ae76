import type { Violation } from "@turno/testkit";
import type { Site } from "./harness/site.ts";

/** Puts promises to the test, on real processes. */
export interface Scenario {
  /** One word, by which it is called. */
  readonly name: string;
  /** What holds whatever it does, in one sentence. */
  readonly promise: string;
  run(context: Context): Promise<Outcome>;
}

/** `short` takes seconds and runs with the tests; `long` takes minutes. */
export type Size = "short" | "long";

export interface Context {
  readonly size: Size;
  /** Of all that is left to chance, as far as processes leave it to anybody. */
  readonly seed: number;
  /** Numbers from 0 to 1, by the seed. */
  readonly random: () => number;
  /** Made for this run, and closed after it. */
  readonly site: Site;
}

export interface Outcome {
  /** What was done and what came of it, in figures. */
  readonly account: string;
  readonly violations: readonly Violation[];
  /** Why nothing was done: then nothing is shown. */
  readonly skipped?: string | undefined;
}
