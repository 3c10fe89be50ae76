import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { NO_TROUBLE, type Outcome } from "../outcome.ts";
import type { Scene, Stage, Test } from "../test.ts";
import { Ticks } from "../ticks.ts";

/** So long after it has begun to work a worker is idle. */
const SETTLE_MS = 5_000;

/** How often another connection looks whether somebody has written: two commits in between count as one. */
const LOOK_MS = 50;

/** What a worker costs that has nothing to do. */
export const IDLE: Test = {
  alias: "S",
  group: "S",
  title: "an idle worker, for n seconds",
  n: 60,
  rounds: 1,
  together: true,
  columns: [
    { key: "cpu", title: "CPU", unit: "ms/s", better: "lower" },
    { key: "commits", title: "commits", unit: "", better: "lower" },
    { key: "beats", title: "beats due", unit: "", better: "lower" },
    { key: "written", title: "written", unit: "KB", better: "lower" },
    { key: "resident", title: "resident", unit: "MB", better: "lower" },
  ],
  parts: { main },
  conduct,
};

async function main(scene: Scene): Promise<Outcome> {
  const seconds = scene.n;
  const peer = await scene.open();
  const ticks = new Ticks(1);
  peer.work(ticks, { concurrency: 10 });
  await sleep(SETTLE_MS);
  const before = writtenBytes();
  const cpu = process.cpuUsage();
  scene.begin();
  scene.ready();
  await sleep(seconds * 1_000);
  scene.end();
  const { user, system } = process.cpuUsage(cpu);
  const after = writtenBytes();
  // It is not closed: to leave is a write, which would be counted.
  const written =
    before === undefined || after === undefined ? {} : { written: (after - before) / 1_024 };
  const beats = peer.beatMs === undefined ? 0 : Math.floor((seconds * 1_000) / peer.beatMs);
  return {
    jobs: 1,
    figures: {
      cpu: (user + system) / 1_000 / seconds,
      beats,
      ...written,
      resident: process.memoryUsage.rss() / 2 ** 20,
    },
    trouble: { ...NO_TROUBLE, errors: ticks.trouble.errors },
  };
}

/** Counts commits from outside, where there is a file to look at; adds the CPU of a server, where there is one. */
async function conduct({ entry, start, storage, n, serverCpuSeconds }: Stage): Promise<Outcome> {
  const worker = start("main");
  await worker.ready;
  const commits = existsSync(storage) ? countCommits(storage) : undefined;
  const { figures: own, ...outcome } = await worker.result.finally(() => commits?.stop());
  const { cpu = Number.NaN, written, ...figures } = own;
  const ofServer = ((serverCpuSeconds() ?? 0) * 1_000) / n;
  return {
    ...outcome,
    figures: {
      ...figures,
      cpu: cpu + ofServer,
      // What a server writes is not seen here.
      ...(entry.server !== undefined || written === undefined ? {} : { written }),
      ...(commits === undefined ? {} : { commits: commits.seen() }),
    },
  };
}

function countCommits(file: string) {
  const database = new Database(file, { readonly: true });
  const version = database.prepare<[], number>("PRAGMA data_version").pluck();
  let [commits, last] = [0, version.get()];
  const timer = setInterval(() => {
    const next = version.get();
    if (next !== last) commits++;
    last = next;
  }, LOOK_MS);
  return {
    seen: () => commits,
    stop() {
      clearInterval(timer);
      database.close();
    },
  };
}

/** What reached the file system, where the platform can tell. */
function writtenBytes(): number | undefined {
  try {
    return Number(/^write_bytes: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}
