import type { Script, Step, Wish } from "./script.ts";

/** How many steps of a script were taken when it failed; undefined where it does not fail, or otherwise. */
export type Failing = (script: Script) => Promise<number | undefined>;

/** Not for ever: the script is short long before. */
const MOST_TRIES = 4_000;

/** A shorter and simpler script that fails too: mostly, nothing that it still has can be left out alone. */
export async function shrink(script: Script, fails: Failing): Promise<Script> {
  let tries = 0;
  const failing: Failing = async (shorter) =>
    ++tries > MOST_TRIES ? undefined : await fails(shorter);
  let shortest = await upToFailure(script, failing);
  for (let before = Number.POSITIVE_INFINITY; sizeOf(shortest) < before; ) {
    before = sizeOf(shortest);
    shortest = await withoutSteps(shortest, failing);
    for (const simpler of simplerOnes(shortest))
      shortest = await firstFailing([simpler(shortest)], failing, shortest);
  }
  return shortest;
}

async function upToFailure(script: Script, failing: Failing): Promise<Script> {
  const taken = (await failing(script)) ?? script.steps.length;
  const cut = { ...script, steps: script.steps.slice(0, taken) };
  return (await failing(cut)) === undefined ? script : cut;
}

/** Leaves out runs of steps: halves first, single steps at last. */
async function withoutSteps(script: Script, failing: Failing): Promise<Script> {
  let shortest = script;
  for (let size = script.steps.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = shortest.steps.length - size; from > -size; ) {
      const shorter = { ...shortest, steps: shortest.steps.toSpliced(Math.max(0, from), size) };
      const taken = await failing(shorter);
      if (taken !== undefined) shortest = { ...shorter, steps: shorter.steps.slice(0, taken) };
      from = Math.min(from, shortest.steps.length) - size;
    }
  }
  return shortest;
}

async function firstFailing(scripts: readonly Script[], failing: Failing, otherwise: Script) {
  for (const script of scripts)
    if (sizeOf(script) < sizeOf(otherwise) && (await failing(script)) !== undefined) return script;
  return otherwise;
}

type Simpler = (script: Script) => Script;

/** Each makes something simpler; each is applied to what the ones before it have left. */
function simplerOnes({ world, steps }: Script): readonly Simpler[] {
  return [
    ...(["hearts", "hints", "knowsTheDead"] as const).map((name): Simpler => {
      return (script) => ({ ...script, world: { ...script.world, [name]: false } });
    }),
    ...world.machines.map((): Simpler => {
      return (script) => ({
        ...script,
        world: { ...script.world, machines: script.world.machines.slice(0, -1) },
      });
    }),
    ...steps.flatMap((_, index) => simplerSteps(index)),
  ];
}

function simplerSteps(index: number): readonly Simpler[] {
  const change = (change: (step: Step) => Step): Simpler => {
    return (script) => ({
      ...script,
      steps: script.steps.map((step, at) => (at === index ? change(step) : step)),
    });
  };
  const wished = (simpler: Partial<Wish>) =>
    change((step) =>
      step.do === "enqueue" ? { ...step, job: { ...step.job, ...simpler } } : step,
    );
  return [
    change((step) =>
      step.do === "enqueue many" ? { ...step, jobs: step.jobs.slice(0, 1) } : step,
    ),
    change((step) => (step.do === "enqueue many" ? { ...step, jobs: step.jobs.slice(1) } : step)),
    change(onlyOneOfMany),
    wished({ plan: [] }),
    wished({ uniqueKey: undefined, uniqueUntil: undefined }),
    wished({ delayMs: 0, priority: 0 }),
    change((step) => ("calls" in step ? { ...step, calls: 1 } : step)),
  ];
}

function onlyOneOfMany(step: Step): Step {
  const [job, ...others] = step.do === "enqueue many" ? step.jobs : [];
  if (step.do !== "enqueue many" || job === undefined || others.length > 0) return step;
  return { do: "enqueue", on: step.on, job };
}

/** What is shorter as text is simpler. */
function sizeOf(script: Script): number {
  // "false" is longer than "true", and yet it is less.
  return JSON.stringify(script).replaceAll("false", "").length;
}
