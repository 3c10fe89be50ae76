import { pickFrom } from "../property/pick.ts";
import type { Machine } from "./machine.ts";
import type { Program } from "./program.ts";
import type { Step } from "./script.ts";
import type { Site } from "./site.ts";

/** Takes a step of a script; gives how many milliseconds are to pass then. */
export function takeStep(site: Site, step: Step): number {
  if (step.do === "pass") return step.ms;
  if (step.do === "settle") settle(site, step);
  else if (step.do === "jump") jump(site, step);
  else if (step.do === "freeze") freeze(site, step);
  else takeOn(site, step);
  return 0;
}

function takeOn(
  site: Site,
  step: Exclude<Step, { do: "pass" | "settle" | "jump" | "freeze" }>,
): void {
  const { machines, world } = site;
  const { timeline, diary } = world;
  const machine = machines[step.on % machines.length];
  if (machine === undefined) return;
  const { faults, program } = machine;
  const ask = (what: (program: Program) => void) =>
    program?.process.enter(() => {
      if (!program.isClosing) what(program);
    });
  switch (step.do) {
    case "enqueue":
      return ask((it) => it.requests.enqueue([step.job]));
    case "enqueue many":
      return ask((it) => it.requests.enqueue(step.jobs));
    case "cancel":
    case "retry":
      return ask((it) => it.requests.change(step.do, step.job));
    case "reschedule":
      return ask((it) => it.requests.reschedule(step.job, step.inMs));
    case "await":
      return ask((it) => void it.requests.result(step.job));
    case "prune":
      return ask((it) => it.requests.prune());
    case "pause":
    case "resume":
      return ask((it) => it.requests.pause(step.do, step.type));
    case "claim":
      return ask((it) => it.hands.claim(step.limit, step.type));
    case "crash":
      machine.backIn(step.backInMs);
      if (step.when === "now") machine.crash();
      else faults.crashAtCommit(step.when === "before a commit" ? "before" : "after");
      return;
    case "stop":
      machine.backIn(step.backInMs);
      if (program !== undefined && !program.isClosing)
        diary.note("world", { kind: "asked", of: program.process.name });
      return ask((it) => it.close());
    case "block":
      return program && hold(site, program, "keepBusy", step.ms);
    case "delay":
      return faults.delay(step.ms, timeline.now + step.forMs);
    case "lose":
      return faults.lose(step);
    case "repeat":
      return faults.repeat(step.calls);
    case "refuse":
      return faults.refuse(step);
  }
}

/** For who judges, to be busy is to be frozen: either way its code does nothing. */
function hold({ world }: Site, program: Program, how: "freeze" | "keepBusy", ms: number): void {
  const { process } = program;
  const { diary, timeline } = world;
  diary.note("world", { kind: "frozen", of: process.name });
  program[how](ms);
  timeline.plan(ms, () => {
    if (!process.isDead) diary.note("world", { kind: "thawed", of: process.name });
  });
}

function settle({ world }: Site, { claim, how }: Extract<Step, { do: "settle" }>): void {
  const held = pickFrom(world.held, claim);
  if (held === undefined) return;
  world.held.splice(world.held.indexOf(held), 1);
  held.run.process.enter(() => held.settle(how));
}

function jump(site: Site, { on, ms }: Extract<Step, { do: "jump" }>): void {
  for (const machine of chosen(site, on)) machine.jump(ms);
}

function freeze(site: Site, { on, ms }: Extract<Step, { do: "freeze" }>): void {
  for (const { program } of chosen(site, on))
    if (program !== undefined) hold(site, program, "freeze", ms);
}

function chosen({ machines }: Site, on: number | "all"): readonly Machine[] {
  return on === "all" ? machines : machines.filter((_, at) => at === on % machines.length);
}
