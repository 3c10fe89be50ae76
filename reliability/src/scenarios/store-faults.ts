import { setTimeout as sleep } from "node:timers/promises";
import type { Evidence, Violation } from "@turno/testkit";
import { runOnce } from "../checks/run-once.ts";
import {
  endsDuring,
  recoveriesMs,
  refusalsDuring,
  refusedRightly,
  resultsKept,
  type Trouble,
} from "../checks/trouble.ts";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { canLimitFiles, withFileLimit } from "../harness/file-limit.ts";
import type { OwnProcess } from "../harness/own-process.ts";
import type { Site } from "../harness/site.ts";
import { until } from "../harness/until.ts";
import { holdingWriteLock } from "../harness/write-lock.ts";
import { monotonicMs } from "../history/clock.ts";
import { readHistories } from "../history/read-histories.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = {
  // Longer than a lease, and shorter than calls wait for a busy store. Beside other tests a process may be late.
  short: { faultMs: 2_500, leaseMs: 1_000, withinMs: 15_000, isBusyTooLong: false },
  // Longer than calls wait for a busy store, which is 30 s.
  long: { faultMs: 45_000, leaseMs: 30_000, withinMs: 5_000, isBusyTooLong: true },
};

/** Between two faults, before the first and after the last, when all are at work again. */
const GOOD_MS = 1_000;

/** Less than the log of SQLite grows to, and more than a history does here. */
const LIMIT_BYTES = 2 * 1024 * 1024;

/** All workers have enough to do with it. */
const MIX: readonly Share[] = [
  { weight: 3, does: { ms: 100 } },
  { weight: 1, does: { ms: 400 } },
];

/** The disk is full, and later somebody sits on the write lock, while producers and workers run on. */
export const storeFaults: Scenario = {
  name: "store-faults",
  promise:
    "processes outlive every trouble of their store, keep what they have finished, and acknowledge nothing meanwhile",
  run: async ({ size, site }: Context): Promise<Outcome> => {
    const { faultMs, leaseMs, withinMs, isBusyTooLong } = SIZES[size];
    const workers = site.workers(3, { concurrency: 4, leaseMs });
    const producers = site.producers(2, { perSecond: 30, batch: 1, backlog: 300, mix: MIX });
    await Promise.all([workers.ready(), producers.ready()]);
    const all = [...workers.members, ...producers.members];
    await sleep(GOOD_MS);
    const troubles: Trouble[] = [];
    const endure = async (trouble: Omit<Trouble, "from" | "to">, during: During) => {
      const from = monotonicMs();
      await during(() => sleep(faultMs));
      const span = { from, to: monotonicMs() };
      troubles.push({ ...trouble, ...span });
      await until(() => allAreBack(site, span, all), withinMs);
      await sleep(GOOD_MS);
    };
    if (canLimitFiles)
      await endure(FULL, (meanwhile) => withFileLimit(all, LIMIT_BYTES, meanwhile));
    const locked = { ...LOCKED, refuses: isBusyTooLong };
    await endure(locked, (meanwhile) => holdingWriteLock(site.path, meanwhile));
    const alive = all.filter(({ exit }) => exit === undefined);
    const closed = await closeDown(site, { producers, workers, terms: {}, withinMs: 60_000 });
    const { evidence } = closed;
    const violations = [
      ...closed.violations,
      ...refusedRightly(evidence, troubles),
      ...resultsKept(evidence),
      ...runOnce(evidence.events),
      ...worksOn(evidence, troubles, { all, withinMs }),
    ];
    return { account: accountOf(evidence, troubles, alive), violations };
  },
};

type During = (meanwhile: () => Promise<void>) => Promise<void>;

const FULL = { name: "the disk was full", code: "StoreFull", refuses: true };
const LOCKED = { name: "another process held the write lock", code: "StoreBusy" };

function allAreBack(
  site: Site,
  span: { readonly to: number },
  all: readonly OwnProcess[],
): boolean {
  const events = readHistories(site.folder);
  const names = all.map(({ name }) => name);
  return recoveriesMs(events, span, names).every(({ ms }) => ms < Infinity);
}

function* worksOn(
  evidence: Evidence,
  troubles: readonly Trouble[],
  { all, withinMs }: { readonly all: readonly OwnProcess[]; readonly withinMs: number },
): Generator<Violation> {
  const names = all.map(({ name }) => name);
  for (const trouble of troubles)
    for (const { name, ms } of recoveriesMs(evidence.events, trouble, names))
      if (ms > withinMs)
        yield {
          promise: "work goes on after a trouble",
          what: `${name} got nothing done within ${withinMs} ms after ${trouble.name}`,
        };
}

function accountOf(
  evidence: Evidence,
  troubles: readonly Trouble[],
  alive: readonly OwnProcess[],
): string {
  const names = alive.map(({ name }) => name);
  const told = troubles.map((trouble) => {
    const recoveries = recoveriesMs(evidence.events, trouble, names).map(({ ms }) => ms);
    return (
      `${trouble.name} for ${figure(Math.round((trouble.to - trouble.from) / 1_000))} s: ` +
      `${figure(refusalsDuring(evidence, trouble))} refused, ${figure(endsDuring(evidence, trouble))} results kept, ` +
      `all at work again after ${figure(Math.ceil(Math.max(...recoveries)))} ms`
    );
  });
  return `${figure(alive.length, "process").replace("processs", "processes")} alive; ${told.join("; ")}`;
}
