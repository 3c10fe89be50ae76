import { setTimeout as sleep } from "node:timers/promises";
import type { Evidence, Violation } from "@turno/testkit";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import type { Site } from "../harness/site.ts";
import { tally, tallyText } from "../harness/tally.ts";
import { until } from "../harness/until.ts";
import { monotonicMs } from "../history/clock.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

// What was running is due at once, behind all that was due before: so the backlog is one that is soon worked off.
const SIZES = {
  // Beside other tests a process may get its turn late, and the store's lock.
  short: { absences: 1, backlog: 400, leaseMs: 400, withinMs: 10_000, unsettledMs: 5_000 },
  long: { absences: 10, backlog: 600, leaseMs: 1_000, withinMs: 2_000, unsettledMs: 1_000 },
};

/** How long nobody is there. */
const LEASES = 11;
const WORKERS = 3;

/** How long the producer may take to fill the backlog up again. */
const REFILL_MS = 10_000;

/** Workers work for so long before they are killed, and again after an absence. */
const WORK_MS = 1_500;

const MIX: readonly Share[] = [
  { weight: 12, does: {} },
  { weight: 3, does: { ms: 60 } },
  { weight: 1, does: { ms: 400 } },
  { weight: 2, type: "deal", does: { ms: 10 } },
  { weight: 1, type: "other", does: {}, delayMs: 500 },
];

/** A time when nobody worked, by the monotonic clock. */
interface Absence {
  readonly killedAt: number;
  readonly readyAt: number;
  /** The jobs that were running when all were killed. */
  readonly held: readonly string[];
}

/** All workers are killed, and others come only long after their leases are over. */
export const backlog: Scenario = {
  name: "backlog",
  promise: "workers that come after a long absence of all soon run again what was running, once",
  run: async ({ size, site }: Context): Promise<Outcome> => {
    const { absences: count, backlog, leaseMs, withinMs, unsettledMs } = SIZES[size];
    const producers = site.producers(1, { perSecond: 1_200, backlog, batch: 20, mix: MIX });
    site.observer.startLooking(250);
    await producers.ready();
    const start = () => site.workers(WORKERS, { leaseMs, concurrency: 10 });
    let workers = start();
    const absences: Absence[] = [];
    while (absences.length < count) {
      await workers.ready();
      await sleep(WORK_MS);
      await until(() => site.observer.counts().pending >= backlog / 2, REFILL_MS);
      await workers.killAll();
      const killedAt = monotonicMs();
      const held = heldNow(site);
      await sleep(LEASES * leaseMs);
      workers = start();
      await workers.ready();
      absences.push({ killedAt, readyAt: monotonicMs(), held });
      await sleep(WORK_MS);
    }
    const terms = { transactional: ["deal"], unsettledMs };
    const closed = await closeDown(site, { producers, workers, terms, withinMs: 60_000 });
    const { evidence } = closed;
    const reruns = rerunsOf(evidence, absences);
    const violations = [
      ...closed.violations,
      ...soonAgain(reruns, withinMs),
      ...onlyHeldAreCharged(evidence, absences),
    ];
    return { account: accountOf(evidence, reruns, absences), violations };
  },
};

function heldNow({ observer }: Site): readonly string[] {
  const running = observer.jobs().filter(({ state }) => state === "running");
  return running.map(({ id }) => id);
}

/** What became of a job that was running when all were killed. */
interface Rerun {
  readonly id: string;
  /** How often its handler was called before all were killed once more. */
  readonly starts: number;
  /** From when all new workers were ready; infinite where it was never called. */
  readonly afterMs: number;
}

function rerunsOf({ events }: Evidence, absences: readonly Absence[]): readonly Rerun[] {
  const starts = events.filter((event) => event.kind === "start");
  return absences.flatMap(({ killedAt, readyAt, held }, index) => {
    const until = absences[index + 1]?.killedAt ?? Infinity;
    const between = starts.filter(({ at }) => at > killedAt && at < until);
    const byId = Map.groupBy(between, ({ id }) => id);
    return held.map((id) => {
      const own = byId.get(id) ?? [];
      return { id, starts: own.length, afterMs: (own[0]?.at ?? Infinity) - readyAt };
    });
  });
}

function* soonAgain(reruns: readonly Rerun[], withinMs: number): Generator<Violation> {
  for (const { id, starts, afterMs } of reruns) {
    if (starts !== 1)
      yield {
        promise: "what was running runs again once",
        what: `job ${id} ran again ${starts} times`,
      };
    if (afterMs > withinMs)
      yield {
        promise: "what was running soon runs again",
        what: `job ${id} ran again ${Math.round(afterMs)} ms after the new workers were ready`,
      };
  }
}

/** Each job is completed, and has lost one attempt for each time that it was running when all were killed. */
function* onlyHeldAreCharged(
  { jobs }: Evidence,
  absences: readonly Absence[],
): Generator<Violation> {
  const lost = new Map<string, number>();
  for (const { held } of absences) for (const id of held) lost.set(id, (lost.get(id) ?? 0) + 1);
  for (const { id, state, attempt } of jobs) {
    const due = 1 + (lost.get(id) ?? 0);
    if (state === "completed" && attempt === due) continue;
    const what = `job ${id} is ${state} after ${attempt} attempts instead of ${due}`;
    yield { promise: "only what was running is charged for an absence", what };
  }
}

function accountOf(
  evidence: Evidence,
  reruns: readonly Rerun[],
  absences: readonly Absence[],
): string {
  const slowestMs = Math.ceil(Math.max(0, ...reruns.map(({ afterMs }) => afterMs)));
  const dead = evidence.jobs.filter(({ state }) => state === "dead");
  return (
    `${figure(absences.length, "absence")} of ${LEASES} leases, ${figure(reruns.length, "job")} running before: ` +
    `all ran again within ${figure(slowestMs)} ms, ${figure(dead.length)} dead; ${tallyText(tally(evidence))}`
  );
}
