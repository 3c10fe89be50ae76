import type { Job } from "@turno/core";
import { short } from "./job-book.ts";
import type { Program } from "./program.ts";
import { TYPES } from "./script.ts";
import type { Site } from "./site.ts";

/** Long enough for leases, backoffs and handlers that hang, one after the other. */
const FINISHED_WITHIN_MS = 120_000;
const CLOSED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;

/** Nothing goes wrong any more: all jobs have to come to their end, and all processes. */
export async function letEnd(site: Site): Promise<void> {
  endFaults(site);
  if (!(await everythingFinishes(site))) return;
  await everybodyStops(site);
}

function endFaults({ machines }: Site): void {
  for (const machine of machines) {
    machine.faults.end();
    machine.jump(-machine.offMs);
    machine.program?.process.wakeUp();
    machine.start();
  }
}

async function everythingFinishes(site: Site): Promise<boolean> {
  const { machines, world } = site;
  const { timeline, ledger, diary } = world;
  const resume = () => {
    for (const type of TYPES)
      if (ledger.paused.has(type)) programs(site)[0]?.requests.pause("resume", type);
    for (const machine of machines) machine.start();
  };
  resume();
  let looks = 0;
  const isFinished = () => {
    if (++looks % 20 === 0) resume();
    settleByHand(site);
    if (diary.violations.length > 0) return true;
    if (ledger.book.unfinished > 0) skipWaiting(site);
    if (ledger.book.unfinished > 0) return false;
    return openCalls(site).length === 0 && strangers(site).length === 0;
  };
  if (!(await timeline.until(isFinished, FINISHED_WITHIN_MS, LOOK_EVERY_MS))) {
    const stuck = [...ledger.book.jobs.values()].filter((job) => !("finishedAt" in job));
    const held = stuck.map((job) => JSON.stringify({ ...short(job), ...holder(site, job) }));
    diary.accuse(
      "every job comes to its end",
      `${[...held, ...openCalls(site), ...strangers(site)].slice(0, 5).join(", ")} did not within ${FINISHED_WITHIN_MS} ms after all faults`,
    );
  }
  return diary.violations.length === 0;
}

/** Where everything waits for a time to come, it comes at once. */
function skipWaiting({ machines, world: { ledger, timeline } }: Site): void {
  let earliest = Number.POSITIVE_INFINITY;
  for (const job of ledger.book.jobs.values()) {
    if ("finishedAt" in job) continue;
    if (!("ready" in job) || job.ready) return;
    earliest = Math.min(earliest, job.runAt);
  }
  const now = machines[0]?.program?.process.clock.now() ?? timeline.now;
  if (earliest - now < 2_000) return;
  for (const machine of machines) machine.jump(earliest - now);
}

async function everybodyStops(site: Site): Promise<void> {
  const { timeline, diary, ledger } = site.world;
  const last = programs(site);
  for (const program of last) program.close();
  const haveExited = () => last.every(({ hasExited }) => hasExited);
  if (!(await timeline.until(haveExited, CLOSED_WITHIN_MS, LOOK_EVERY_MS))) {
    const names = last.filter(({ hasExited }) => !hasExited).map(({ process }) => process.name);
    diary.accuse("a process that is asked to stop does", names.join(", "));
  }
  for (const { process } of last)
    for (const worker of ledger.roll.of(process))
      diary.accuse("a worker that stops is forgotten", `${worker} of ${process.name}`);
}

function settleByHand({ world: { held } }: Site): void {
  for (const { run, settle } of held.splice(0)) run.process.enter(() => settle("complete"));
}

function programs({ machines }: Site): readonly Program[] {
  return machines.flatMap(({ program }) => program ?? []);
}

function openCalls(site: Site): readonly string[] {
  return programs(site).flatMap(({ process, requests }) =>
    Array.from(requests.open, (call) => `${call} of ${process.name}`),
  );
}

/** Who has fewer workers that are known than it should. */
function strangers(site: Site): readonly string[] {
  return programs(site).flatMap(({ process, workers, isClosing }) => {
    const known = site.world.ledger.roll.of(process).length;
    return known < workers && !isClosing ? `${process.name}, a worker that is not known,` : [];
  });
}

function holder({ world: { ledger } }: Site, job: Job): object {
  if (!("worker" in job)) return {};
  const owner = ledger.roll.ownerOf(job.worker);
  return { of: owner?.name, isDead: owner?.isDead, isMember: ledger.roll.has(job.worker) };
}
