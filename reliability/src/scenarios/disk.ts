import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runOnce } from "../checks/run-once.ts";
import {
  endsDuring,
  recoveriesMs,
  refusalsDuring,
  refusedRightly,
  resultsKept,
} from "../checks/trouble.ts";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { Site } from "../harness/site.ts";
import { canMount, Tmpfs } from "../harness/tmpfs.ts";
import { until } from "../harness/until.ts";
import { monotonicMs } from "../history/clock.ts";
import { readHistories } from "../history/read-histories.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = {
  // Beside other tests a process may be late.
  short: { rounds: 1, fullMs: 2_500, withinMs: 15_000 },
  long: { rounds: 6, fullMs: 10_000, withinMs: 5_000 },
};

const MIB = 1024 * 1024;

/** Less than a log of SQLite's grows to before it is begun anew. */
const SMALL = 2 * MIB;

/** What each round brings more. */
const MORE = 16 * MIB;

const MIX: readonly Share[] = [
  { weight: 3, does: { ms: 60 } },
  { weight: 1, does: { ms: 300 } },
];

/** The disk of the database is full, and is made larger while everybody runs on. */
export const disk: Scenario = {
  name: "disk",
  promise:
    "a full disk ends no process, nothing is acknowledged that it has no room for, and all go on once it has",
  run: async ({ size, site: outer, random }: Context): Promise<Outcome> => {
    if (!canMount)
      return { account: "", violations: [], skipped: "to mount a file system takes root on Linux" };
    const folder = join(outer.folder, "disk");
    const tmpfs = new Tmpfs(folder, SMALL);
    // The histories are on another disk.
    const site = new Site(random, outer.folder, join(folder, "queue.db"));
    try {
      return await fillAndGrow(site, tmpfs, { folder, ...SIZES[size] });
    } finally {
      await site.close();
      tmpfs.unmount();
    }
  },
};

interface Measures {
  readonly folder: string;
  readonly rounds: number;
  readonly fullMs: number;
  readonly withinMs: number;
}

async function fillAndGrow(
  site: Site,
  tmpfs: Tmpfs,
  { folder, rounds, fullMs, withinMs }: Measures,
): Promise<Outcome> {
  const workers = site.workers(2, { concurrency: 4, leaseMs: 1_500 });
  const producers = site.producers(1, { perSecond: 60, batch: 1, backlog: 300, mix: MIX });
  await Promise.all([workers.ready(), producers.ready()]);
  const names = [...workers.members, ...producers.members].map(({ name }) => name);
  await sleep(1_000);
  const troubles = [];
  let room = SMALL;
  for (let round = 0; round < rounds; round++) {
    const from = monotonicMs();
    fill(join(folder, `ballast ${round}`), room);
    await sleep(fullMs);
    room += MORE;
    const to = monotonicMs();
    tmpfs.resize(room);
    troubles.push({ name: "the disk was full", code: "StoreFull", refuses: true, from, to });
    const isBack = () =>
      recoveriesMs(readHistories(site.folder), { to }, names).every(({ ms }) => ms < Infinity);
    await until(isBack, withinMs);
    await sleep(500);
  }
  const closed = await closeDown(site, { producers, workers, terms: {}, withinMs: 60_000 });
  const { evidence } = closed;
  const recoveries = troubles.flatMap((trouble) => recoveriesMs(evidence.events, trouble, names));
  const slow = recoveries.filter(({ ms }) => ms > withinMs);
  const violations = [
    ...closed.violations,
    ...refusedRightly(evidence, troubles),
    ...resultsKept(evidence),
    ...runOnce(evidence.events),
    ...slow.map(({ name }) => ({
      promise: "work goes on after a trouble",
      what: `${name} got nothing done within ${withinMs} ms after the disk had room again`,
    })),
  ];
  const refused = troubles.reduce((sum, trouble) => sum + refusalsDuring(evidence, trouble), 0);
  const kept = troubles.reduce((sum, trouble) => sum + endsDuring(evidence, trouble), 0);
  const slowest = Math.ceil(Math.max(...recoveries.map(({ ms }) => ms)));
  const account =
    `${figure(rounds, "full disk")} for ${figure(fullMs / 1_000)} s: ${figure(refused)} refused, ` +
    `${figure(kept)} results kept, ${figure(evidence.jobs.length, "job")}: all done once, ` +
    `all at work again after ${figure(slowest)} ms`;
  return { account, violations };
}

/** Takes all the room there is. */
function fill(file: string, most: number): void {
  // In ever smaller pieces, until not a page fits.
  for (let piece = most; piece >= 4_096; piece = Math.floor(piece / 2)) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(piece), { flag: "a" });
    } catch {
      // Half of it may.
    }
  }
}
