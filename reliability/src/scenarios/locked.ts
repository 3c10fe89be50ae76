import { setTimeout as sleep } from "node:timers/promises";
import { gapsDuring, turnsOn } from "../checks/gaps.ts";
import { runOnce } from "../checks/run-once.ts";
import { resultsKept } from "../checks/trouble.ts";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { holding } from "../harness/holding.ts";
import { Troubles } from "../harness/troubles.ts";
import { takenIn } from "../harness/undisturbed.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = {
  // Longer than a lease. Beside other tests a process may be late. Producers make good what they could not enqueue, and
  // must not rest because of that when the next lock comes.
  short: { immediateMs: 2_000, exclusiveMs: 3_000, leaseMs: 1_000, withinMs: 15_000, backlog: 200 },
  // The second is longer than calls wait for a busy store, which is 30 s.
  long: {
    immediateMs: 8_000,
    exclusiveMs: 60_000,
    leaseMs: 5_000,
    withinMs: 5_000,
    backlog: 1_000,
  },
};

const PATIENCE_MS = 30_000;

/** All workers have enough to do with it. */
const MIX: readonly Share[] = [
  { weight: 3, does: { ms: 100 } },
  { weight: 1, does: { ms: 400 } },
];

const LOCKS = [
  { begin: "BEGIN IMMEDIATE", length: "immediateMs" },
  // In WAL mode it keeps readers out no more than the other, and PRAGMA locking_mode = EXCLUSIVE is granted to nobody
  // while others have the database open.
  { begin: "BEGIN EXCLUSIVE", length: "exclusiveMs" },
] as const;

/** Another program sits on the write lock, for longer than a lease, while producers and workers run on. */
export const locked: Scenario = {
  name: "locked",
  promise:
    "whoever keeps the database locked holds up no event loop and costs no worker its jobs, and all goes on after it",
  run: async ({ size, site }: Context): Promise<Outcome> => {
    const { leaseMs, withinMs, backlog } = SIZES[size];
    const told = { tellsGaps: true };
    const workers = site.workers(3, { ...told, concurrency: 4, leaseMs });
    const producers = site.producers(2, {
      ...told,
      perSecond: 25,
      batch: 1,
      backlog,
      mix: MIX,
    });
    await Promise.all([workers.ready(), producers.ready()]);
    const all = [...workers.members, ...producers.members];
    const troubles = new Troubles(site, { all, withinMs });
    const holders = new Set<string>();
    for (const { begin, length } of LOCKS) {
      const ms = SIZES[size][length];
      const name = `another process held ${begin}`;
      const trouble = { name, code: "StoreBusy", refuses: ms > PATIENCE_MS };
      await troubles.endure(trouble, async () => {
        const held = await holding(site, [begin], () => sleep(ms));
        holders.add(held.by);
        return held;
      });
    }
    const alive = all.filter(({ exit }) => exit === undefined);
    const closed = await closeDown(site, { producers, workers, terms: {}, withinMs: 60_000 });
    const { evidence } = closed;
    const gaps = gapsDuring(evidence.events, troubles.all, holders);
    const violations = [
      ...closed.violations,
      ...troubles.violations(evidence),
      ...turnsOn(gaps),
      ...resultsKept(evidence),
      ...runOnce(evidence.events),
    ];
    const account =
      `of ${figure(all.length)} processes ${figure(alive.length)} alive; ${troubles.account(evidence)}; ` +
      `${figure(takenIn(evidence).length)} jobs taken from anybody; ` +
      `event loops stood still for ${figure(gaps.worstMs)} ms at the most (the machine's: ${figure(gaps.machineMs)} ms)`;
    return { account, violations };
  },
};
