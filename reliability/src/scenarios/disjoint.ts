import { setTimeout as sleep } from "node:timers/promises";
import type { Evidence, Violation } from "@turno/testkit";
import { cutJobs, longestWaitMs, onlyCutJobsRunAgain, type Outage } from "../checks/outage.ts";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import type { Observed } from "../harness/observed.ts";
import { fileOf, type Place } from "../harness/place.ts";
import { Staff } from "../harness/staff.ts";
import { tally, tallyText } from "../harness/tally.ts";
import { until } from "../harness/until.ts";
import { monotonicMs } from "../history/clock.ts";
import { JOB_TYPES, type JobType } from "../processes/jobs.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

/** `againMs` counts from the return of a worker for the type. */
interface Limits {
  readonly putBackMs: number;
  readonly againMs: number;
  readonly waitMs: number;
}

const SIZES = {
  // Beside other tests a process may get its turn late.
  short: { outages: 4, limits: { putBackMs: 10_000, againMs: 10_000, waitMs: 10_000 } },
  long: { outages: 60, limits: { putBackMs: 3_000, againMs: 2_000, waitMs: 1_000 } },
};

/** Between two outages, and how long one lasts at the least, on the average. */
const EVERY_MS = 400;

const MIX: readonly Share[] = JOB_TYPES.flatMap((type) => [
  { weight: 3, type, does: { ms: 50 } },
  { weight: 1, type, does: { ms: 300 } },
]);

/** Each type has one worker, and is without it for a while, again and again. */
export const disjoint: Scenario = {
  name: "disjoint",
  promise:
    "when the only worker of a type is killed, workers of other types put its jobs back and go on undisturbed",
  run: (context) => takeAway(context, fileOf(context.site), SIZES[context.size]),
};

/** Takes the only worker of a type away from those at a place, again and again. */
export async function takeAway(
  { site, random }: Context,
  { told, observer, leaseMs }: Place,
  { outages: count, limits }: { readonly outages: number; readonly limits: Limits },
): Promise<Outcome> {
  const workers = new Staff(JOB_TYPES, (type) =>
    site.workers(1, { ...told, leaseMs, types: [type] }),
  );
  const producers = site.producers(1, { ...told, perSecond: 60, batch: 4, mix: MIX });
  observer.startLooking(250);
  await Promise.all([workers.ready(), producers.ready()]);
  const outages: Outage[] = [];
  while (outages.length < count) {
    await sleep(random() * 2 * EVERY_MS);
    // In turn, so that who comes back has time to run what was left.
    const type = JOB_TYPES[outages.length % JOB_TYPES.length] ?? "task";
    const atLeastMs = random() * 2 * EVERY_MS;
    outages.push(await outageOf(type, { observer, workers, atLeastMs, limits }));
  }
  const terms = { transactional: ["deal"] };
  const crews = { producers, workers };
  const closed = await closeDown(site, { ...crews, terms, observer, withinMs: 60_000 });
  const { evidence } = closed;
  const violations = [
    ...closed.violations,
    ...putsBack(evidence, outages, limits),
    ...onlyCutJobsRunAgain(evidence.events, outages),
    ...waitsShortly(evidence, outages, limits),
  ];
  return { account: accountOf(evidence, outages), violations };
}

interface OutageOptions {
  readonly observer: Observed;
  readonly workers: Staff<JobType>;
  readonly atLeastMs: number;
  readonly limits: Limits;
}

async function outageOf(
  type: JobType,
  { observer, workers, atLeastMs, limits }: OutageOptions,
): Promise<Outage> {
  const from = monotonicMs();
  const killed = await workers.kill(type);
  const isPutBack = await until(async () => !(await observer.isRunning(type)), limits.putBackMs);
  const putBackAt = isPutBack ? monotonicMs() : Number.POSITIVE_INFINITY;
  await sleep(atLeastMs);
  await workers.bringBack(type);
  const names = new Set(killed.map(({ name }) => name));
  return { type, killed: names, from, to: monotonicMs(), putBackAt };
}

function* putsBack(
  evidence: Evidence,
  outages: readonly Outage[],
  { putBackMs, againMs }: Limits,
): Generator<Violation> {
  const promise = "workers of other types put back what they cannot run";
  for (const { type, putBackAt, killed } of outages)
    if (putBackAt === Number.POSITIVE_INFINITY)
      yield {
        promise,
        what: `jobs of type ${type} were still running ${putBackMs} ms after ${[...killed].join()} was killed`,
      };
  for (const { run, putBackBy, ...cut } of cutJobs(evidence, outages)) {
    const job = `job ${run.id}, which ${run.process} was killed over,`;
    if (putBackBy === undefined) yield { promise, what: `${job} was put back by nobody` };
    if (cut.againMs > againMs && !isKilledSoon(cut.outage, outages, againMs))
      yield {
        promise: "what was put back runs when a worker for it comes back",
        what: `${job} did not run again within ${againMs} ms after that`,
      };
  }
}

/** Whether who came back was killed again before its time was over. */
function isKilledSoon({ type, to }: Outage, outages: readonly Outage[], againMs: number): boolean {
  return outages.some((next) => next.type === type && next.from > to && next.from < to + againMs);
}

function* waitsShortly(
  { events }: Evidence,
  outages: readonly Outage[],
  { waitMs }: Limits,
): Generator<Violation> {
  for (const outage of outages) {
    const { id, ms } = longestWaitMs(events, outage);
    if (ms > waitMs)
      yield {
        promise: "other types go on undisturbed",
        what: `while ${outage.type} had no worker, job ${id} of another type waited for more than ${waitMs} ms`,
      };
  }
}

function accountOf(evidence: Evidence, outages: readonly Outage[]): string {
  const cut = [...cutJobs(evidence, outages)];
  const atMost = (spans: readonly number[]) => `${figure(Math.ceil(Math.max(0, ...spans)))} ms`;
  const putBack = outages.map(({ from, putBackAt }) => putBackAt - from);
  const waits = outages.map((outage) => longestWaitMs(evidence.events, outage).ms);
  return (
    `${figure(outages.length, "outage")}, ${tallyText(tally(evidence))}; ` +
    `put back after ${atMost(putBack)} at the most, again at work ${atMost(cut.map(({ againMs }) => againMs))} after a return, ` +
    `other types waited ${atMost(waits)}`
  );
}
