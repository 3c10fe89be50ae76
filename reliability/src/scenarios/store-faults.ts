import { setTimeout as sleep } from "node:timers/promises";
import { runOnce } from "../checks/run-once.ts";
import { resultsKept } from "../checks/trouble.ts";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { canLimitFiles, withFileLimit } from "../harness/file-limit.ts";
import { Troubles } from "../harness/troubles.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = {
  // Longer than a lease. Beside other tests a process may be late.
  short: { faultMs: 2_500, leaseMs: 1_000, withinMs: 15_000 },
  long: { faultMs: 45_000, leaseMs: 30_000, withinMs: 5_000 },
};

/** Less than the log of SQLite grows to, and more than a history does here. */
const LIMIT_BYTES = 2 * 1024 * 1024;

/** All workers have enough to do with it. */
const MIX: readonly Share[] = [
  { weight: 3, does: { ms: 100 } },
  { weight: 1, does: { ms: 400 } },
];

const FULL = { name: "the disk was full", code: "StoreFull", refuses: true };

/** The disk is full while producers and workers run on. */
export const storeFaults: Scenario = {
  name: "store-faults",
  promise:
    "processes outlive a full disk, keep what they have finished, and acknowledge nothing meanwhile",
  run: async ({ size, site }: Context): Promise<Outcome> => {
    if (!canLimitFiles)
      return { account: "", violations: [], skipped: "needs prlimit (util-linux)" };
    const { faultMs, leaseMs, withinMs } = SIZES[size];
    const workers = site.workers(3, { concurrency: 4, leaseMs });
    const producers = site.producers(2, { perSecond: 30, batch: 1, backlog: 300, mix: MIX });
    await Promise.all([workers.ready(), producers.ready()]);
    const all = [...workers.members, ...producers.members];
    const troubles = new Troubles(site, { all, withinMs });
    await troubles.endure(FULL, () => withFileLimit(all, LIMIT_BYTES, () => sleep(faultMs)));
    const alive = all.filter(({ exit }) => exit === undefined);
    const closed = await closeDown(site, { producers, workers, terms: {}, withinMs: 60_000 });
    const { evidence } = closed;
    const violations = [
      ...closed.violations,
      ...troubles.violations(evidence),
      ...resultsKept(evidence),
      ...runOnce(evidence.events),
    ];
    const account = `of ${figure(all.length)} processes ${figure(alive.length)} alive; ${troubles.account(evidence)}`;
    return { account, violations };
  },
};
