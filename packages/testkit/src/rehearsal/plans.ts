import fc from "fast-check";
import type { Fault } from "./fault.ts";
import type { Asynchronous, Performed } from "./rehearse.ts";

/** Every plan of one fault that the undisturbed runs have a place for, the likeliest to tell first. */
export function singleFaults({ runs }: Performed, asynchronous: Asynchronous): readonly Fault[] {
  const names = runs.flatMap(({ steps }) => steps).map((step) => step.replace(/^\d+ /, ""));
  return [
    ...runs.flatMap((_, index) => faultsAfterRun(index + 1)),
    ...names.flatMap((name, index) =>
      faultsAt(index + 1).filter((fault) => fault.startsWith("crash") || asynchronous.has(name)),
    ),
  ];
}

/** Plans of two faults and more, `most` at the most. */
export function anyPlan({ runs }: Performed, most: number): fc.Arbitrary<Fault[]> {
  const steps = runs.flatMap((run) => run.steps).length;
  // A handler that runs again takes its steps again, under the next numbers.
  const step = fc
    .integer({ min: 1, max: steps * 2 })
    .chain((number) => fc.constantFrom(...faultsAt(number)));
  const run = fc
    .integer({ min: 1, max: runs.length * 2 })
    .chain((number) => fc.constantFrom(...faultsAfterRun(number)));
  const fault = fc.oneof({ arbitrary: step, weight: 4 }, { arbitrary: run, weight: 1 });
  return fc.uniqueArray(fault, { minLength: 2, maxLength: most });
}

function faultsAfterRun(number: number): Fault[] {
  return [`crash after run ${number}`, `lose lease after run ${number}`];
}

function faultsAt(number: number): Fault[] {
  return [
    `crash before step ${number}`,
    `crash after step ${number}`,
    `lose lease before step ${number}`,
    `lose lease after step ${number}`,
  ];
}
