import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Violation } from "@turno/testkit";
import Database from "better-sqlite3";
import {
  acknowledgesNothing,
  allStored,
  type DoneDeed,
  toldAfterMs,
  toldRightly,
} from "../checks/file-loss.ts";
import { figure } from "../figure.ts";
import { closeDown } from "../harness/close-down.ts";
import { doDeed, FILE_DEEDS, type FileDeed } from "../harness/file-deeds.ts";
import { Observer } from "../harness/observer.ts";
import { Site } from "../harness/site.ts";
import { until } from "../harness/until.ts";
import { monotonicMs } from "../history/clock.ts";
import { readHistories } from "../history/read-histories.ts";
import type { Share } from "../processes/options.ts";
import type { Context, Outcome, Scenario } from "../scenario.ts";

const SIZES = {
  // Beside other tests a process may be late.
  short: { withinMs: 10_000, afterMs: 500, atOnce: 3 },
  long: { withinMs: 2_500, afterMs: 5_000, atOnce: 1 },
};

/** Two beats are a second. */
const LEASE_MS = 1_500;
const STOP_MS = 15_000;
const NOBODY = 65_534;
const MIX: readonly Share[] = [{ weight: 1, does: { ms: 40 } }];

/** What SQLite itself does not notice, and what it does, is done to the file of a queue in use. */
export const files: Scenario = {
  name: "files",
  promise:
    "whoever deletes, moves, damages or locks up the file of a queue is told of within two beats, and nothing is acknowledged that is not stored",
  run: async ({ size, site, random }: Context): Promise<Outcome> => {
    if (process.platform !== "linux" || process.getuid?.() !== 0)
      return { account: "", violations: [], skipped: "to take rights away takes root on Linux" };
    const deeds = FILE_DEEDS.filter(({ isShort }) => size === "long" || isShort === true);
    const played: Played[] = [];
    const left = [...deeds];
    const playAll = async () => {
      for (let deed = left.shift(); deed !== undefined; deed = left.shift())
        played.push(await play(deed, { folder: site.folder, random, ...SIZES[size] }));
    };
    await Promise.all(Array.from({ length: SIZES[size].atOnce }, playAll));
    const skipped = played.filter(({ isSkipped }) => isSkipped).length;
    const slowest = Math.max(...played.map(({ toldMs }) => toldMs));
    const account =
      `${figure(played.length - skipped, "deed")}${skipped > 0 ? ` (${skipped} cannot be done here)` : ""}: ` +
      `told by all after ${figure(Math.ceil(slowest))} ms at the latest, ` +
      `${figure(
        played.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
        "job",
      )} acknowledged`;
    return { account, violations: played.flatMap(({ violations }) => violations) };
  },
};

interface Played {
  readonly toldMs: number;
  readonly acknowledged: number;
  readonly isSkipped: boolean;
  readonly violations: readonly Violation[];
}

interface Circumstances {
  readonly folder: string;
  readonly random: () => number;
  readonly withinMs: number;
  readonly afterMs: number;
}

async function play(
  deed: FileDeed,
  { folder: outer, random, withinMs, afterMs }: Circumstances,
): Promise<Played> {
  const folder = join(outer, deed.name);
  const directory = join(folder, "data");
  mkdirSync(directory, { recursive: true });
  const path = join(directory, "queue.db");
  const isDone = canBeDone(deed, directory);
  if (!isDone) return { toldMs: 0, acknowledged: 0, isSkipped: true, violations: [] };
  const site = new Site(random, folder, path);
  if (deed.asNobody === true) openToAll(outer, folder, directory);
  const manner = deed.asNobody === true ? { uid: NOBODY } : {};
  const workers = site.workers(2, { concurrency: 2, leaseMs: LEASE_MS }, manner);
  const told = { perSecond: 40, batch: 1, backlog: 200, mix: MIX };
  const producers = site.producers(1, told, manner);
  try {
    await Promise.all([workers.ready(), producers.ready()]);
    const names = [...workers.members, ...producers.members].map(({ name }) => name);
    await sleep(1_500);
    // The harness must not be who keeps the file open.
    if (deed.mend === undefined) site.observer.close();
    const from = monotonicMs();
    if (deed.emptiesLog === true) doWithoutLog(deed, path, directory);
    else doDeed(deed.deed, path, directory);
    const begun = { deed, from, to: monotonicMs(), until: Infinity, names, path, withinMs };
    const toldMs = () =>
      deed.code === undefined || deed.isPartial === true
        ? 0
        : Math.max(...toldAfterMs(readHistories(folder), begun).map(({ ms }) => ms));
    await until(() => toldMs() < Infinity, withinMs);
    await sleep(afterMs);
    const done: DoneDeed = { ...begun, until: monotonicMs() };
    const violations = await endOf(done, { site, workers, producers, directory });
    const events = readHistories(folder);
    violations.push(...toldRightly(events, done), ...acknowledgesNothing(events, done));
    const acknowledged = events.filter((event) => event.kind === "ok").length;
    return {
      toldMs: deed.isPartial === true ? 0 : toldMs(),
      acknowledged,
      isSkipped: false,
      violations,
    };
  } finally {
    await site.close();
  }
}

interface Scene {
  readonly site: Site;
  readonly workers: ReturnType<Site["workers"]>;
  readonly producers: ReturnType<Site["producers"]>;
  readonly directory: string;
}

/** Mends what can be mended, and all is done; else all processes are asked to end, and do. */
async function endOf(
  { deed, path }: DoneDeed,
  { site, workers, producers, directory }: Scene,
): Promise<Violation[]> {
  if (deed.mend !== undefined) {
    doDeed(deed.mend, path, directory);
    const terms = {};
    const closed = await closeDown(site, { producers, workers, terms, withinMs: 30_000 });
    return [...closed.violations];
  }
  const late = [...(await producers.end(STOP_MS)), ...(await workers.end(STOP_MS))];
  const alone = [...producers.unexpected, ...workers.unexpected];
  const violations = [...late, ...alone].map(({ name, exit }) => ({
    promise: `${deed.name}: processes go on, and end when they are asked to`,
    what: `${name} ended with ${exit?.signal ?? `exit code ${exit?.code}`}`,
  }));
  const isThere = existsSync(path);
  if (isThere === (deed.isGone === true)) {
    const what = isThere ? `${path} was made anew` : `${path} was deleted`;
    violations.push({ promise: `${deed.name}: files are left alone`, what });
  }
  if (deed.isSaved === true) violations.push(...storedAt(path, site, deed));
  return violations;
}

function storedAt(path: string, site: Site, deed: FileDeed): Violation[] {
  const observer = new Observer(path, site.history);
  try {
    const stored = new Set(observer.jobs().map(({ id }) => id));
    const done = { deed } as DoneDeed;
    const damage = observer.damage();
    return [
      ...allStored(readHistories(site.folder), done, stored),
      ...(damage === undefined ? [] : [{ promise: "the file stays whole", what: damage }]),
    ];
  } finally {
    observer.close();
  }
}

/** Nobody writes while it is done, and all that was written is in the file. */
function doWithoutLog({ deed }: FileDeed, path: string, directory: string): void {
  const database = new Database(path, { timeout: 10_000 });
  try {
    database.exec("BEGIN EXCLUSIVE; COMMIT");
    for (let tries = 0; tries < 200; tries++) {
      const [row] = database.pragma("wal_checkpoint(TRUNCATE)") as { readonly busy: number }[];
      if (row?.busy === 0) break;
    }
    database.exec("BEGIN IMMEDIATE");
    doDeed(deed, path, directory);
    database.exec("ROLLBACK");
  } finally {
    database.close();
  }
}

function canBeDone({ deed, asNobody }: FileDeed, directory: string): boolean {
  if (asNobody === true) {
    const program = new URL("../processes/worker.ts", import.meta.url).pathname;
    const tried = spawnSync("test", ["-r", program], { uid: NOBODY });
    return tried.status === 0;
  }
  if (!deed.startsWith("chattr")) return true;
  const probe = `touch "$2/probe" && chattr +i "$2/probe" && chattr -i "$2/probe" && rm "$2/probe"`;
  return spawnSync("sh", ["-c", probe, "sh", "", directory]).status === 0;
}

function openToAll(...folders: readonly string[]): void {
  for (const folder of folders) {
    chmodSync(folder, 0o777);
    for (const name of readdirSync(folder))
      if (name.startsWith("queue.db")) chmodSync(join(folder, name), 0o666);
  }
}
