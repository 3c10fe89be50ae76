import fc from "fast-check";
import type { Method } from "../around.ts";
import {
  ACTS,
  HAND_SETTLINGS,
  type Outage,
  type Scenario,
  type Step,
  TYPES,
  type Wish,
} from "./step.ts";

const METHODS: readonly Method[] = [
  "commit",
  "join",
  "beat",
  "leave",
  "workers",
  "get",
  "list",
  "nextDueAt",
];

const queue = fc.nat({ max: 1 });
const pick = fc.nat({ max: 30 });
const type = fc.constantFrom(...TYPES);

const wish: fc.Arbitrary<Wish> = fc.record({
  type,
  plan: fc.array(fc.constantFrom(...ACTS), { maxLength: 3 }),
  delayMs: fc.constantFrom(0, 0, 0, 30, 200),
  priority: fc.constantFrom(0, 0, 1),
  uniqueKey: fc.constantFrom(undefined, undefined, "a", "b"),
});

/** Of such jobs a worker claims some ahead. */
const quickWish = fc.record({
  type,
  plan: fc.constantFrom([], [], ["wait" as const], ["wait for time" as const]),
  delayMs: fc.constant(0),
  priority: fc.constant(0),
  uniqueKey: fc.constant(undefined),
});

const work = fc.record({ do: fc.constant("work" as const), queue, kind: fc.nat({ max: 3 }) });

/** What users do. */
const calls: fc.WeightedArbitrary<Step>[] = [
  { weight: 8, arbitrary: fc.record({ do: fc.constant("enqueue" as const), queue, wish }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("enqueue many" as const),
      queue,
      wishes: fc.oneof(
        fc.array(wish, { minLength: 2, maxLength: 6 }),
        fc.array(quickWish, { minLength: 6, maxLength: 12 }),
        fc
          .array(quickWish, { minLength: 6, maxLength: 12 })
          .map((wishes) => wishes.map((one) => ({ ...one, type: "plain" as const }))),
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("cancel", "retry"), queue, pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("pause", "resume"), queue, type }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("claim" as const),
      queue,
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      pick,
      how: fc.constantFrom(...HAND_SETTLINGS),
    }),
  },
  { weight: 4, arbitrary: work },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("stop" as const),
      pick,
      graceMs: fc.constantFrom(0, 40),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), queue }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("let time pass" as const),
      ms: fc.constantFrom(1, 10, 40),
    }),
  },
];

/** What befalls them. */
const blows: fc.WeightedArbitrary<Step>[] = [
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("let time pass" as const),
      ms: fc.constantFrom(110, 250, 600, 2_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("set the wall clock" as const),
      ms: fc.constantFrom(-1_000, 1_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("give up a worker" as const), pick }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("keep waiting" as const),
      method: fc.constantFrom(...METHODS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("keep nobody waiting" as const) }) },
];

const outage = fc.record({
  from: fc.nat({ max: 120 }),
  calls: fc.integer({ min: 1, max: 12 }),
  kind: fc.constantFrom(
    "busy" as const,
    "partly busy" as const,
    "full" as const,
    "broken" as const,
    "no claims" as const,
  ),
});

/** What happens between the first call and the last, but for the order in which the store answers. */
export const scenarios: fc.Arbitrary<Scenario> = fc.oneof(
  scenariosOf(true, [...calls], fc.constant([])),
  scenariosOf(false, [...calls, ...blows], fc.array(outage, { maxLength: 4 })),
);

function scenariosOf(
  isCalm: boolean,
  steps: fc.WeightedArbitrary<Step>[],
  outages: fc.Arbitrary<Outage[]>,
): fc.Arbitrary<Scenario> {
  const first = fc.array(work, { maxLength: 2 });
  const then = fc.array(fc.oneof(...steps), { maxLength: 30, size: "max" });
  return fc.record({
    isCalm: fc.constant(isCalm),
    steps: fc.tuple(first, then).map((both) => both.flat()),
    outages,
    commitsAtOnce: fc.constantFrom(1, 2),
    atOnce: fc.oneof(fc.constant([]), fc.subarray([...METHODS])),
    turns: fc.array(fc.constantFrom(0, 1, 3), { minLength: 1, maxLength: 4 }),
  });
}
