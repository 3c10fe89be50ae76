import fc from "fast-check";
import {
  type Act,
  type HandSettling,
  type MachineOptions,
  type Script,
  type Step,
  TYPES,
  type Wish,
  type WorldOptions,
} from "./script.ts";

/** The script of a seed, with so many steps. */
export function scriptOf(seed: number, steps: number): Script {
  const [made] = fc.sample(fc.tuple(world, stepsOf(steps)), { seed, numRuns: 1 });
  return { seed, world: made?.[0] ?? CALM, steps: made?.[1] ?? [] };
}

function stepsOf(count: number): fc.Arbitrary<Step[]> {
  return fc.noBias(fc.array(step, { minLength: count, maxLength: count, size: "max" }));
}

const plain = { noNullPrototype: true } as const;
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, plain) as fc.Arbitrary<T>;
const some = <T>(arbitrary: fc.Arbitrary<T>, freq = 2) =>
  fc.option(arbitrary, { nil: undefined, freq });
const pick = fc.nat({ max: 99 });
/** Chooses evenly among one, two or three machines. */
const on = fc.nat({ max: 5 });
const oneOrAll = fc.oneof(
  { weight: 3, arbitrary: on },
  { weight: 1, arbitrary: fc.constant("all" as const) },
);
const type = fc.constantFrom("plain" as const, ...TYPES);

const machine: fc.Arbitrary<MachineOptions> = record({
  workers: fc.constantFrom(1, 1, 2),
  leaseMs: fc.constantFrom(600, 900, 1_500),
  pollMs: fc.constantFrom(100, 300, 1_000),
  concurrency: fc.constantFrom(1, 2, 4, 10),
  limited: fc.constantFrom(1, 2),
});

const CALM: WorldOptions = { machines: [], hearts: false, hints: false, knowsTheDead: false };

const world: fc.Arbitrary<WorldOptions> = fc.noBias(
  record({
    machines: fc.array(machine, { minLength: 2, maxLength: 3 }),
    hearts: fc.boolean(),
    hints: fc.boolean(),
    knowsTheDead: fc.boolean(),
  }),
);

const actOf = <A extends Act["act"]>(
  name: A,
  rest: {
    [K in Exclude<keyof Extract<Act, { act: A }>, "act">]: fc.Arbitrary<
      Extract<Act, { act: A }>[K]
    >;
  },
) => record({ act: fc.constant(name), ...rest } as never) as fc.Arbitrary<Act>;

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: actOf("work", { ms: fc.constantFrom(0, 1, 20, 200, 700), notes: fc.boolean() }),
  },
  { weight: 4, arbitrary: actOf("throw", { ms: fc.constantFrom(0, 5, 100) }) },
  { weight: 1, arbitrary: actOf("fatal", {}) },
  { weight: 2, arbitrary: actOf("snooze", { ms: fc.constantFrom(0, 50, 2_000) }) },
  { weight: 2, arbitrary: actOf("hang", {}) },
  { weight: 2, arbitrary: actOf("ignore", { ms: fc.constantFrom(400, 3_000) }) },
  { weight: 2, arbitrary: actOf("block", { ms: fc.constantFrom(50, 500, 2_500) }) },
  { weight: 2, arbitrary: actOf("crash", {}) },
  { weight: 1, arbitrary: actOf("enqueue", {}) },
);

const wish: fc.Arbitrary<Wish> = record({
  type,
  priority: fc.constantFrom(0, 0, 0, 5, -3),
  delayMs: fc.constantFrom(0, 0, 0, 0, 30, 700, 20_000),
  maxAttempts: fc.constantFrom(1, 2, 3, 3, 5),
  uniqueKey: some(fc.constantFrom("x", "y", "z"), 6),
  uniqueUntil: some(fc.constantFrom("finished", "finished", "pruned"), 2),
  plan: fc.array(act, { maxLength: 3 }),
});

const calls = fc.constantFrom(1, 1, 2, 5);

const step: fc.Arbitrary<Step> = fc.oneof(
  share(36, "pass", { ms: fc.constantFrom(1, 1, 2, 3, 5, 10, 20, 50, 50, 100, 100, 300, 900) }),
  share(18, "enqueue", { on, job: wish }),
  share(3, "enqueue many", { on, jobs: fc.array(wish, { minLength: 2, maxLength: 5 }) }),
  share(5, "cancel", { on, job: pick }),
  share(4, "retry", { on, job: pick }),
  share(2, "reschedule", { on, job: pick, inMs: fc.constantFrom(-50, 20, 1_000) }),
  share(2, "await", { on, job: pick }),
  share(1, "prune", { on }),
  share(1, "pause", { on, type }),
  share(6, "resume", { on, type }),
  share(5, "claim", { on, limit: fc.constantFrom(1, 3), type: some(type) }),
  share(8, "settle", {
    claim: pick,
    how: fc.constantFrom<HandSettling>("complete", "complete", "fail", "snooze", "release"),
  }),
  share(2, "crash", {
    on,
    when: fc.constantFrom("now", "before a commit", "after a commit"),
    backInMs: fc.constantFrom(10, 500, 2_000),
  }),
  share(1, "stop", { on, backInMs: fc.constantFrom(10, 500, 1_000) }),
  share(2, "freeze", { on: oneOrAll, ms: fc.constantFrom(20, 400, 1_200, 3_000) }),
  share(2, "block", { on, ms: fc.constantFrom(20, 400, 1_200, 3_000) }),
  share(1, "jump", {
    on: oneOrAll,
    ms: fc.constantFrom(30_000, -30_000, 3_600_000, -3_600_000),
  }),
  share(3, "delay", {
    on,
    ms: fc.constantFrom(0, 20, 100, 400, 1_500),
    forMs: fc.constantFrom(50, 500, 2_000),
  }),
  share(3, "lose", {
    on,
    what: fc.constantFrom("request", "answer", "answer"),
    of: fc.constantFrom("commit", "commit", "any"),
    calls,
  }),
  share(3, "repeat", { on, calls }),
  share(2, "refuse", { on, as: fc.constantFrom("busy", "full"), calls }),
);

type Taking<Do extends Step["do"]> = {
  readonly [Key in keyof Omit<Extract<Step, { do: Do }>, "do">]: fc.Arbitrary<
    Extract<Step, { do: Do }>[Key]
  >;
};

/** A step with what it takes; the greater its weight, the more often it comes. */
function share<Do extends Step["do"]>(weight: number, name: Do, taking: Taking<Do>) {
  const arbitrary = fc.record(
    { do: fc.constant(name), ...taking },
    plain,
  ) as unknown as fc.Arbitrary<Step>;
  return { weight, arbitrary };
}
