import fc from "fast-check";
import type { StoreUnderTest } from "../store-under-test.ts";
import { Pair } from "./pair.ts";
import { sequencesOf } from "./arbitrary-step.ts";
import type { Step } from "./step.ts";
import { takeStep } from "./take-step.ts";

/** Tries random sequences of commands; rejects with the shortest it finds after which store and model differ. */
export async function checkAgainstModel(subject: StoreUnderTest): Promise<void> {
  const sequences = sequencesOf(subject.steps ?? 60, { kills: subject.kill !== undefined });
  const property = fc.asyncProperty(sequences, shrunkInTime(subject));
  const details = await fc.check(property, parametersOf(subject));
  if (!details.failed) return;
  const { seed, counterexamplePath: path, counterexample, errorInstance } = details;
  const sequence = counterexample?.[0].map((step) => `  ${JSON.stringify(step)},`).join("\n");
  throw new Error(
    `After these commands the store differs from the model:\n[\n${sequence}\n]\n` +
      `To try them again, give storeSuite the option replay: ${JSON.stringify({ seed, path })}\n` +
      (errorInstance instanceof Error ? errorInstance.message : String(errorInstance)),
    { cause: errorInstance },
  );
}

/** Where a store is slow, the shortest sequence that could be found in this time is told. */
const LONGEST_SHRINK_MS = 45_000;

/** Takes the steps; but once it has long been looked for shorter sequences, takes the others for good ones. */
function shrunkInTime(subject: StoreUnderTest): (sequence: readonly Step[]) => Promise<void> {
  let failedAt: number | undefined;
  return async (sequence) => {
    if (performance.now() - (failedAt ?? Infinity) > LONGEST_SHRINK_MS) return;
    await takeSteps(subject, sequence).catch((error: unknown) => {
      failedAt ??= performance.now();
      throw error;
    });
  };
}

/** Takes the steps on a fresh store and on the model; rejects where they differ. */
export async function takeSteps(subject: StoreUnderTest, sequence: readonly Step[]): Promise<void> {
  const pair = await Pair.open(subject);
  try {
    await pair.compare();
    for (const step of sequence) {
      await takeStep(pair, step);
      await pair.compare();
    }
  } finally {
    await pair.close();
  }
}

function parametersOf({ runs: numRuns = 100, replay }: StoreUnderTest) {
  if (replay === undefined) return { numRuns };
  const { seed, path } = replay;
  return { numRuns, seed, ...(path !== undefined && { path }) };
}
