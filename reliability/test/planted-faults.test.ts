import { describe, expect, it } from "vitest";
import type { FaultName } from "../src/faults/fault.ts";
import { acknowledgedAndKilled } from "./experiments/acknowledged-and-killed.ts";
import { deadly } from "./experiments/deadly.ts";
import { frozenAndThawed } from "./experiments/frozen-and-thawed.ts";
import { longAlive } from "./experiments/long-alive.ts";
import { type Experiment, judged } from "./experiments/judged.ts";

interface Plant {
  readonly fault: FaultName;
  /** Does what shows the fault. */
  readonly experiment: Experiment;
  /** Of the promises that it breaks, the one that names it. */
  readonly promise: string;
}

const PLANTS: readonly Plant[] = [
  {
    fault: "early acknowledgement",
    experiment: acknowledgedAndKilled,
    promise: "nothing lost",
  },
  {
    fault: "no fence",
    experiment: frozenAndThawed,
    promise: "no stale settling",
  },
  { fault: "uncounted attempts", experiment: deadly, promise: "attempts are counted" },
  { fault: "no beat", experiment: longAlive, promise: "taken with cause" },
];

describe.each(PLANTS)("$fault", ({ fault, experiment, promise }) => {
  // Beside each other: both wait most of the time.
  it.concurrent("breaks its promise", { timeout: 60_000 }, async () => {
    const violations = await judged(experiment, fault);
    expect(violations.map((violation) => violation.promise)).toContain(promise);
  });

  it.concurrent("is all that is wrong there", { timeout: 60_000 }, async () => {
    expect(await judged(experiment, undefined)).toEqual([]);
  });
});
