import { setTimeout as sleep } from "node:timers/promises";
import type { Violation } from "@turno/testkit";
import { runOnce } from "../checks/run-once.ts";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import type { Crew } from "../harness/crew.ts";
import type { OwnProcess } from "../harness/own-process.ts";
import { tally, tallyText } from "../harness/tally.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = {
  // Beside other tests a process may get its turn late.
  short: { restarts: 6, slackMs: 15_000 },
  long: { restarts: 200, slackMs: 2_000 },
};

/** Much longer than any handler takes, so that all of them end by themselves. */
const GRACE_MS = 5_000;

/** Between two restarts, on the average. */
const EVERY_MS = 150;

const MIX: readonly Share[] = [
  { weight: 6, does: { ms: 5 } },
  { weight: 2, does: { ms: 60 } },
  { weight: 1, does: { blockMs: 10 } },
  { weight: 3, type: "deal", does: { ms: 10 } },
  { weight: 1, type: "other", does: { ms: 10 }, delayMs: 300 },
];

/** Producers and workers are asked to stop, one after the other, and replaced at once. */
export const restarts: Scenario = {
  name: "restarts",
  promise: "processes that are asked to stop do so in time, and nothing runs twice for it",
  run: async ({ size, site, random }: Context): Promise<Outcome> => {
    const { restarts, slackMs } = SIZES[size];
    const workers = site.workers(3, { concurrency: 8, graceMs: GRACE_MS });
    const producers = site.producers(2, { perSecond: 120, backlog: 500, mix: MIX });
    site.observer.startLooking(250);
    await Promise.all([workers.ready(), producers.ready()]);
    const violations: Violation[] = [];
    let longestMs = 0;
    for (let count = 0; count < restarts; count++) {
      await sleep(random() * 2 * EVERY_MS);
      const ms = await restartOne(random() < 3 / 4 ? workers : producers, random);
      longestMs = Math.max(longestMs, ms.tookMs);
      violations.push(...stopsWell(ms.member, ms.tookMs, GRACE_MS + slackMs));
    }
    const terms = { transactional: ["deal"] };
    const closed = await closeDown(site, { producers, workers, terms, withinMs: 60_000 });
    violations.push(...closed.violations, ...runOnce(closed.evidence.events));
    const account =
      `${figure(restarts, "restart")}, none longer than ${figure(Math.ceil(longestMs))} ms, ` +
      tallyText(tally(closed.evidence));
    return { account, violations };
  },
};

interface Restart {
  readonly member: OwnProcess;
  /** From the asking to the end. */
  readonly tookMs: number;
}

async function restartOne(crew: Crew, random: () => number): Promise<Restart> {
  const member = crew.any(random);
  await member.ready;
  const askedAt = performance.now();
  crew.ask(member);
  await member.exited;
  return { member, tookMs: performance.now() - askedAt };
}

function* stopsWell(
  { name, exit }: OwnProcess,
  tookMs: number,
  limitMs: number,
): Generator<Violation> {
  const promise = "processes stop when they are asked to";
  if (exit?.code !== 0)
    yield { promise, what: `${name} ended with ${exit?.signal ?? `exit code ${exit?.code}`}` };
  if (tookMs > limitMs)
    yield { promise, what: `${name} took ${Math.ceil(tookMs)} ms, more than ${limitMs}` };
}
