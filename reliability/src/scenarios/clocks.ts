import { setTimeout as sleep } from "node:timers/promises";
import type { Violation } from "@turno/testkit";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { Crew } from "../harness/crew.ts";
import { libfaketime } from "../harness/libfaketime.ts";
import { tally, tallyText } from "../harness/tally.ts";
import { takenIn, undisturbed } from "../harness/undisturbed.ts";
import { until } from "../harness/until.ts";
import { WallClocks } from "../harness/wall-clocks.ts";
import { notBeforeTheirTime } from "../harness/wall-times.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = {
  short: { jumps: 10, everyMs: 400 },
  long: { jumps: 100, everyMs: 1_000 },
};

/** Much shorter than a jump. Workers look at each other every second, and so mostly see no new beat. */
const LEASE_MS = 10_000;

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;

/** How far a clock is then ahead of the machine's; in turn, first that of one process and then those of all. */
const AHEAD = [30 * SECOND_MS, -30 * SECOND_MS, HOUR_MS, -HOUR_MS, 0];

/** What one clock saw finish is never older than two hours by another one. */
const RETENTION_MS = 3 * HOUR_MS;

const MIX: readonly Share[] = [
  { weight: 6, does: { ms: 30 } },
  { weight: 2, does: { ms: 600 }, timeoutMs: 20 * SECOND_MS },
  { weight: 2, type: "deal", does: { ms: 30 } },
  { weight: 3, type: "other", does: { ms: 10 }, delayMs: 1_500 },
  { weight: 1, type: "other", does: { ends: "throw", upTo: 1 } },
];

/** What is due must be done within this time once the clocks are right. */
const LIMIT_MS = 30_000;

/** The wall clocks of processes are set forward and back while they work. */
export const clocks: Scenario = {
  name: "clocks",
  promise:
    "whatever wall clocks show, no worker is given up, nothing runs twice and nothing gets stuck",
  run: async ({ size, site, random }: Context): Promise<Outcome> => {
    const library = await libfaketime();
    if (library === undefined) return SKIPPED;
    const { jumps, everyMs } = SIZES[size];
    const clocks = new WallClocks(site, library);
    const told = { leaseMs: LEASE_MS, concurrency: 10, retentionMs: RETENTION_MS };
    const workers = new Crew(3, () => clocks.start((manner) => site.worker(told, manner)));
    const plan = { perSecond: 40, mix: MIX };
    const producers = new Crew(1, () => clocks.start((manner) => site.producer(plan, manner)));
    site.observer.startLooking(250);
    await Promise.all([workers.ready(), producers.ready()]);
    for (let jump = 0; jump < jumps; jump++) {
      const aheadMs = AHEAD[Math.floor(jump / 2) % AHEAD.length] ?? 0;
      if (jump % 2 === 1) clocks.setAll(aheadMs);
      else clocks.set((random() < 1 / 4 ? producers : workers).any(random), aheadMs);
      // Whoever starts an hour ahead begins by pruning.
      if (clocks.aheadMs === HOUR_MS) workers.ask(workers.any(random));
      await sleep(everyMs);
    }
    clocks.setAll(0);
    await producers.end(LIMIT_MS);
    const isStuck = !(await until(() => site.observer.due === 0, LIMIT_MS));
    const { due, unfinished: waiting } = site.observer;
    clocks.setAll(HOUR_MS + 10 * SECOND_MS);
    const terms = { transactional: ["deal"] };
    const closed = await closeDown(site, { producers, workers, terms, withinMs: LIMIT_MS });
    const { evidence } = closed;
    const violations = [
      ...closed.violations,
      ...undisturbed(evidence),
      ...notBeforeTheirTime(evidence),
      ...(isStuck ? [stuck(due)] : []),
    ];
    const account =
      `${figure(jumps, "jump")} of up to an hour: ${figure(takenIn(evidence).length)} given up, ` +
      `${figure(waiting)} waited until clocks had come round again; ${tallyText(tally(evidence))}`;
    return { account, violations };
  },
};

const SKIPPED: Outcome = {
  account: "",
  violations: [],
  skipped: "libfaketime is missing (apt-get install libfaketime)",
};

function stuck(due: number): Violation {
  const what = `${figure(due, "job")} were due and not done ${LIMIT_MS} ms after the clocks had been put right`;
  return { promise: "what is due is done", what };
}
