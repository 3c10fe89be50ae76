import { setTimeout as sleep } from "node:timers/promises";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import type { Crew } from "../harness/crew.ts";
import { fileOf, type Place } from "../harness/place.ts";
import { tally, tallyText } from "../harness/tally.ts";
import { until } from "../harness/until.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = {
  // Beside other tests a process may get its turn late, and the store's lock.
  short: { kills: 20, jobs: 2_000, rerunWithinMs: 10_000, unsettledMs: 5_000 },
  long: { kills: 1_000, jobs: 100_000, rerunWithinMs: 2_000, unsettledMs: 300 },
};

/** Between two kills, on the average. */
const EVERY_MS = 250;

/** So long after the last kill the jobs that are wanted must be there. */
const LIMIT_MS = 600_000;

const MIX: readonly Share[] = [
  { weight: 8, does: {} },
  { weight: 4, does: { ms: 15 }, priorities: [0, 5, 10] },
  { weight: 2, does: { ms: 150 } },
  { weight: 4, type: "deal", does: { ms: 20 } },
  { weight: 2, type: "other", does: { ms: 5 }, delayMs: 500 },
  { weight: 1, type: "other", does: { ms: 5 }, uniqueKeys: 20 },
  { weight: 1, does: { ends: "throw", upTo: 1 } },
  { weight: 0.5, does: { ends: "snooze" } },
  { weight: 0.5, does: { ends: "fatal" } },
];

/** Producers and workers are killed at random moments, and replaced at once. */
export const kills: Scenario = {
  name: "kills",
  promise:
    "whenever processes are killed, no acknowledged job is lost, and none runs again without cause",
  run: (context) => killAll(context, fileOf(context.site), SIZES[context.size]),
};

/** How much is killed, and what the judge may expect. */
interface Killing {
  readonly kills: number;
  /** It goes on until so many jobs were stored. */
  readonly jobs: number;
  readonly rerunWithinMs: number;
  readonly unsettledMs: number;
}

/** Kills those who work at a place. */
export async function killAll(
  { site, random }: Context,
  { told, observer, leaseMs }: Place,
  { kills, jobs, rerunWithinMs, unsettledMs }: Killing,
): Promise<Outcome> {
  const workers = site.workers(3, { ...told, concurrency: 10, leaseMs });
  const producers = site.producers(2, { ...told, perSecond: 250, mix: MIX, cancels: 0.02 });
  observer.startLooking(250);
  await Promise.all([workers.ready(), producers.ready()]);
  await killAround(kills, { workers, producers }, random);
  await until(async () => (await observer.newest) >= jobs, LIMIT_MS);
  const terms = { rerunWithinMs, transactional: ["deal"], unsettledMs };
  const crews = { producers, workers };
  const closed = await closeDown(site, { ...crews, terms, observer, withinMs: 60_000 });
  const account = `${figure(kills, "kill")}, ${tallyText(tally(closed.evidence))}`;
  return { account, violations: closed.violations };
}

/** Two in three are workers. */
async function killAround(
  kills: number,
  { workers, producers }: { readonly workers: Crew; readonly producers: Crew },
  random: () => number,
): Promise<void> {
  for (let count = 0; count < kills; count++) {
    await sleep(random() * 2 * EVERY_MS);
    const crew = random() < 2 / 3 ? workers : producers;
    crew.kill(crew.any(random));
  }
}
