import { type Backoff, JOB_STATES } from "@turno/core";
import fc from "fast-check";
import { type Move, MOVES } from "../model/moves.ts";
import type { AddStep, ClaimStep, MoveStep, NoteStep, Step, StepTo } from "./step.ts";

/** Sequences of up to so many commands; with `kills`, connections are killed in between. */
export function sequencesOf(
  maxSteps: number,
  { kills = false }: { readonly kills?: boolean } = {},
): fc.Arbitrary<Step[]> {
  const step = fc.oneof(...steps, ...(kills ? killing : []));
  // Without a bias to what is small: a short sequence leaves the later commands nothing to aim at.
  return fc.noBias(fc.array(step, { minLength: 1, maxLength: maxSteps, size: "max" }));
}

const TYPES = ["mail", "thumbnail", "report"];

const type = fc.constantFrom("mail", ...TYPES);
const pick = fc.nat({ max: 99 });
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const age = fc.constantFrom(0, 100, -10);
const types = fc.subarray(TYPES, { minLength: 1 });

const addStep: fc.Arbitrary<AddStep> = fc.record({
  type,
  payload: fc.constantFrom("null", '{"to":"ana"}', '"\\ud800 🎟️"', "[1, 2]"),
  priority: some(fc.constantFrom(0, 1, -1, 5)),
  inMs: some(fc.constantFrom(0, 1, 50, 1_000, -20, 3_600_000)),
  maxAttempts: some(fc.constantFrom(1, 1, 2, 3)),
  timeoutMs: some(fc.constant(500)),
  backoff: some(
    fc.constantFrom<Backoff>(
      { kind: "fixed", baseMs: 0 },
      { kind: "exponential", baseMs: 40, capMs: 300, jitter: 0.5 },
      { kind: "fixed", baseMs: 30, jitter: 0 },
    ),
  ),
  uniqueKey: some(fc.constantFrom("a", "a", "b")),
  uniqueUntil: some(fc.constantFrom("finished", "pruned")),
});

const moveStep: fc.Arbitrary<MoveStep> = fc.record({
  move: fc.oneof(
    { arbitrary: fc.constantFrom<Move>("complete", "retry", "cancel", "fail"), weight: 1 },
    { arbitrary: fc.constantFrom(...MOVES), weight: 1 },
  ),
  job: pick,
  as: fc.oneof(
    { weight: 12, arbitrary: fc.constant("stored" as const) },
    { weight: 2, arbitrary: fc.constant("just moved" as const) },
    { weight: 4, arbitrary: fc.constant("once before" as const) },
    { weight: 1, arbitrary: fc.constant("ahead" as const) },
  ),
  delayMs: fc.constantFrom(0, 10, 500, -30, 3_600_000),
});

const claimStep: fc.Arbitrary<ClaimStep> = fc.record({
  worker: pick,
  limit: fc.integer({ min: 1, max: 6 }),
  slots: some(fc.nat({ max: 4 })),
  types: some(types),
  limitOf: some(
    fc.uniqueArray(fc.tuple(type, fc.constantFrom(1, 2, 0)), { selector: ([name]) => name }),
  ),
});

const noteStep: fc.Arbitrary<NoteStep> = fc.record({
  job: pick,
  as: fc.oneof(
    { weight: 4, arbitrary: fc.constant("stored" as const) },
    { weight: 1, arbitrary: fc.constant("once before" as const) },
    { weight: 1, arbitrary: fc.constant("ahead" as const) },
  ),
  progress: some(fc.constantFrom("50", '{"done":1}', "null")),
  lines: fc.constantFrom(0, 1, 2, 60),
});

const noting = fc.array(noteStep, { minLength: 1, maxLength: 3 });
const adding = fc.array(addStep, { minLength: 1, maxLength: 5 });
const moving = fc.array(moveStep, { minLength: 1, maxLength: 4 });
const nothing = fc.constant([]);

const steps = [
  share(6, "write", { notes: nothing, moves: nothing, add: adding }),
  share(8, "write", { notes: nothing, moves: nothing, add: nothing, claim: claimStep }),
  share(10, "write", { notes: nothing, moves: moving, add: nothing }),
  share(4, "write", { notes: nothing, moves: moving, add: adding, claim: some(claimStep) }),
  share(3, "write", { notes: noting, moves: nothing, add: nothing }),
  share(2, "write", { notes: noting, moves: moving, add: nothing, claim: some(claimStep) }),
  share(4, "move the clock", {
    byMs: fc.constantFrom(1, 10, 500, 5_000, 86_400_000, -10, -5_000, -86_400_000),
  }),
  share(2, "wait for the next due job", {}),
  share(2, "join", { leaseMs: fc.constantFrom(1, 30_000) }),
  share(2, "beat", { worker: pick }),
  share(2, "leave", { worker: pick, beat: fc.constantFrom("any", "latest", "old") }),
  share(2, "abandon orphans", {}),
  share(1, "pause", { type, paused: fc.constantFrom(false, false, true) }),
  share(3, "prune", {
    ages: fc.oneof(
      fc.constant({ completed: -10, dead: -10, cancelled: -10 }),
      fc.record({ completed: some(age), dead: some(age), cancelled: some(age) }),
    ),
    limit: fc.constantFrom(100, 1, 2),
  }),
  share(2, "list", {
    states: some(fc.subarray([...JOB_STATES], { maxLength: 2 })),
    types: some(types),
    orphaned: some(fc.boolean()),
    pageSize: fc.integer({ min: 1, max: 4 }),
  }),
  share(1, "reopen", {}),
];

const connection = fc.nat({ max: 1 });
const killed = {
  sender: connection,
  kills: fc.constantFrom("sender", "other", "both"),
  eighths: fc.nat({ max: 10 }),
} as const;

const killing = [
  share(2, "kill", { which: connection }),
  share(1, "reload", {}),
  share(2, "write and kill", { notes: nothing, moves: nothing, add: adding, ...killed }),
  share(2, "write and kill", {
    notes: nothing,
    moves: moving,
    add: nothing,
    claim: claimStep,
    ...killed,
  }),
  share(1, "write and kill", {
    notes: noting,
    moves: moving,
    add: adding,
    claim: some(claimStep),
    ...killed,
  }),
];

type Taking<Do extends Step["do"]> = {
  readonly [Key in keyof Omit<StepTo<Do>, "do">]: fc.Arbitrary<StepTo<Do>[Key]>;
};

/** A command with what it takes; the greater its weight, the more often it comes. */
function share<Do extends Step["do"]>(weight: number, name: Do, taking: Taking<Do>) {
  const arbitrary = fc.record({ do: fc.constant(name), ...taking }) as fc.Arbitrary<Step>;
  return { weight, arbitrary };
}
