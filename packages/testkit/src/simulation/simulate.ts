import type { Job, Store } from "@turno/core";
import type { SeenJob } from "../history/event.ts";
import { judge, type Violation } from "../history/judge.ts";
import { seenJob } from "../history/seen-job.ts";
import { letEnd } from "./ending.ts";
import { RETENTION } from "./jobs.ts";
import type { Script } from "./script.ts";
import { Site } from "./site.ts";
import type { Situation } from "./situations.ts";
import { takeStep } from "./take-step.ts";
import { World } from "./world.ts";

/** What came of a simulation. */
export interface Simulated {
  readonly violations: readonly Violation[];
  readonly situations: ReadonlyMap<Situation, number>;
  /** How many steps were taken. */
  readonly steps: number;
  /** What the processes saw of their store, if that was to be kept. */
  readonly trace: readonly string[];
}

/** Plays a script on a store that is empty, and lets everything come to its end. */
export async function simulate(store: Store, script: Script, isTraced = false): Promise<Simulated> {
  const world = new World(store, script, isTraced);
  const { violations, situations, events } = world.diary;
  const site = new Site(world);
  let steps = 0;
  try {
    steps = await takeSteps(site, script);
    if (violations.length === 0) await letEnd(site);
    if (violations.length === 0) {
      const jobs = await everyJob(world);
      const retentionMs = Math.min(...Object.values(RETENTION));
      violations.push(...judge({ events, jobs, terms: { retentionMs } }));
    }
  } catch (error) {
    world.diary.accuse("nothing that a store answers stops the world", describe(error));
  }
  return { violations, situations, steps, trace: world.trace.lines };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function takeSteps(site: Site, { steps }: Script): Promise<number> {
  const { timeline, diary } = site.world;
  let taken = 0;
  await timeline.play(() => {
    const step = steps[taken];
    if (step === undefined || diary.violations.length > 0) return undefined;
    taken++;
    return takeStep(site, step);
  });
  return taken;
}

/** Reads all that is left, by all ways there are, so that the trace has it too. */
async function everyJob({ store, trace }: World): Promise<readonly SeenJob[]> {
  const jobs: Job[] = [];
  for (let page: readonly Job[] = []; ; ) {
    page = await store.list({ limit: PAGE, beforeSeq: page.at(-1)?.seq });
    jobs.push(...page);
    if (page.length < PAGE) break;
  }
  const notes = await store.notes(jobs.map(({ seq }) => seq));
  trace.add("world", "sees", [jobs, notes, await store.counts()]);
  return jobs.map((job) => ({ ...seenJob(job), payload: job.payload }));
}

/** Small, so that there are several. */
const PAGE = 20;
