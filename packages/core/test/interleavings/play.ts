import type { Scheduler } from "fast-check";
import { turns } from "../turns.ts";
import { Ending } from "./ending.ts";
import type { Scenario } from "./step.ts";
import { type Spoil, World } from "./world.ts";

/** Plays the scenario, in the order that the scheduler picks, and lets everything end; gives what broke a promise. */
export async function play(s: Scheduler, scenario: Scenario, spoil: Spoil = (between) => between) {
  const world = new World(s, scenario, spoil);
  await takeSteps(s, world, scenario);
  await new Ending(s, world, scenario.isCalm).letEnd();
  world.producers.check(world.memory.list({ limit: 1_000 }));
  return world.history;
}

async function takeSteps(s: Scheduler, world: World, { steps, turns: pattern }: Scenario) {
  const script = s.scheduleSequence(
    steps.map((step) => ({ label: step.do, builder: () => world.take(step) })),
  );
  let isOver = false;
  void script.task.then(() => (isOver = true));
  for (let moment = 0; !isOver; moment++) {
    await turns(pattern[moment % pattern.length]);
    if (s.count() > 0) await s.waitNext(1);
    else await turns(3);
  }
  if (script.faulty) world.history.accuse("a step threw");
}
