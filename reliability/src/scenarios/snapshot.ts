import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Violation } from "@turno/testkit";
import { completedDuring, workedAll } from "../checks/done-by.ts";
import { gapsDuring } from "../checks/gaps.ts";
import { tellingsOf, toldOnce } from "../checks/log-held.ts";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { holding } from "../harness/holding.ts";
import type { Site } from "../harness/site.ts";
import { undisturbed } from "../harness/undisturbed.ts";
import { until } from "../harness/until.ts";
import { monotonicMs } from "../history/clock.ts";
import { readHistories } from "../history/read-histories.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const MIB = 1024 * 1024;

const SIZES = {
  // At least so long, and until all workers were told. Beside other tests that takes longer.
  short: { heldMs: 4_000, toldWithinMs: 60_000, cutWithinMs: 30_000, bytesPerSecond: 40 * MIB },
  long: { heldMs: 60_000, toldWithinMs: 60_000, cutWithinMs: 10_000, bytesPerSecond: 15 * MIB },
};

const LIMIT_BYTES = 64 * MIB;

/** Work goes on for so long after it. */
const AFTER_MS = { short: 1_000, long: 15_000 };

const STOP_MS = 15_000;

const SNAPSHOT = ["BEGIN", "SELECT count(*) FROM turno_jobs"];

const MIX: readonly Share[] = [
  { weight: 4, does: { ms: 20 } },
  { weight: 1, does: { ms: 200 } },
];

/** Another program keeps a snapshot open while much is written. */
export const snapshot: Scenario = {
  name: "snapshot",
  promise:
    "whoever keeps a snapshot open is told of once, stops nobody's work, and leaves no long log behind",
  run: async ({ size, site }: Context): Promise<Outcome> => {
    const { heldMs, toldWithinMs, cutWithinMs, bytesPerSecond } = SIZES[size];
    const told = { tellsGaps: true };
    const workers = site.workers(3, { ...told, concurrency: 10, leaseMs: 5_000 });
    const producers = site.producers(2, { ...told, perSecond: 100, backlog: 200, mix: MIX });
    const fillers = site.crew("filler", 1, { bytesPerSecond });
    await Promise.all([workers.ready(), producers.ready(), fillers.ready()]);
    const names = workers.members.map(({ name }) => name);
    const all = [...workers.members, ...producers.members].map(({ name }) => name);
    await sleep(1_000);
    const held = await holding(site, SNAPSHOT, async () => {
      const areTold = until(() => areAllTold(site, names), toldWithinMs);
      await Promise.all([sleep(heldMs), areTold]);
    });
    const largest = logSize(site);
    const isCut = await until(() => logSize(site) <= LIMIT_BYTES, cutWithinMs);
    const cutAfterMs = monotonicMs() - held.to;
    await sleep(AFTER_MS[size]);
    await fillers.end(STOP_MS);
    const closed = await closeDown(site, { producers, workers, terms: {}, withinMs: 60_000 });
    const { evidence } = closed;
    const { events } = evidence;
    // Told, and no promise: who commits while another program writes so much copies that into the database, and syncs it.
    const amiss = [{ from: held.from, to: held.to + AFTER_MS[size] }];
    const gaps = gapsDuring(events, amiss, new Set([held.by]));
    const violations = [
      ...closed.violations,
      ...toldOnce(events, names),
      ...workedAll(events, held, all),
      ...undisturbed(evidence),
      ...(isCut ? [] : [tooLong(largest, cutWithinMs)]),
    ];
    const tellings = [...tellingsOf(events, names).values()].reduce((sum, times) => sum + times, 0);
    const account =
      `a snapshot held for ${figure(Math.round((held.to - held.from) / 1_000))} s: ${figure(names.length)} workers told ` +
      `${figure(tellings, "time")} in all, ${figure(completedDuring(events, held))} jobs done meanwhile; a log of ` +
      `${figure(Math.round(largest / MIB))} MiB ${isCut ? "" : "not "}cut back to 64 MiB within ` +
      `${figure(Math.ceil(cutAfterMs))} ms; event loops stood still for ${figure(gaps.worstMs)} ms at the most ` +
      `(the machine's: ${figure(gaps.machineMs)} ms)`;
    return { account, violations };
  },
};

function areAllTold(site: Site, workers: readonly string[]): boolean {
  const tellings = tellingsOf(readHistories(site.folder), workers);
  return [...tellings.values()].every((times) => times > 0);
}

function logSize({ path }: Site): number {
  return statSync(`${path}-wal`).size;
}

function tooLong(largest: number, cutWithinMs: number): Violation {
  return {
    promise: "the log is cut back",
    what: `it was ${largest} bytes, and more than ${LIMIT_BYTES} even ${cutWithinMs} ms after the snapshot had ended`,
  };
}
