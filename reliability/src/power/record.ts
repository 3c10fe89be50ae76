import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { FaultName } from "../faults/fault.ts";
import type { Site } from "../harness/site.ts";
import { acknowledgedIn } from "../history/acknowledged.ts";
import { readHistories } from "../history/read-histories.ts";
import type { Share } from "../processes/options.ts";
import { readRecording } from "./read-recording.ts";
import { recordedEnv } from "./recorder.ts";
import type { Recording } from "./recording.ts";
import { toldBefore } from "./told-before.ts";

interface RecordOptions {
  /** Of this recording; no other one of the site has it. */
  readonly name: string;
  /** The recorder's library. */
  readonly library: string;
  readonly durability: "full" | "normal";
  /** How many jobs are enqueued one by one, how many at once with others, and all of them twice. */
  readonly jobs: number;
  readonly fault?: FaultName | undefined;
}

const MIX: readonly Share[] = [
  { weight: 4, does: {} },
  { weight: 2, does: { ms: 5 }, priorities: [0, 5] },
  { weight: 2, type: "deal", does: {} },
  { weight: 1, type: "other", does: { ends: "throw", upTo: 1 } },
];

/** More than any machine writes. */
const PER_SECOND = 100_000;

/** Short, so that there are beats, which are synced by nobody. */
const LEASE_MS = 600;

/** How often the bystander cuts the log back. */
const CUT_BACK_MS = 150;

const STOP_MS = 15_000;

/**
 * Records two processes that enqueue and one that works, from the creation of the database until all have closed it; and
 * then once more, with a bystander that has opened it before them. None is killed: the call that it is in the midst of
 * would be missing among those of the others.
 */
export async function record(site: Site, options: RecordOptions): Promise<Recording> {
  const { name, library, durability, jobs, fault } = options;
  const folder = join(site.folder, name);
  mkdirSync(folder);
  const path = join(folder, "queue.db");
  const log = join(site.folder, `${name}.log`);
  const manner = { env: recordedEnv(library, { folder: site.folder, log }) };
  const told = { path, durability, fault };
  const plan = { ...told, most: jobs, mix: MIX };
  const work = async () => {
    const workers = site.workers(1, { ...told, concurrency: 5, leaseMs: LEASE_MS }, manner);
    const producers = [
      ...site.crew("writer", 1, plan, manner).members,
      ...site.producers(1, { ...plan, perSecond: PER_SECOND, batch: 3 }, manner).members,
    ];
    await Promise.all(producers.map(({ exited }) => exited));
    await workers.end(STOP_MS);
  };
  await work();
  const bystanders = site.crew("bystander", 1, { path, everyMs: CUT_BACK_MS }, manner);
  await bystanders.ready();
  await work();
  await bystanders.end(STOP_MS);
  const done = readHistories(site.folder).filter(({ process }) => process === "harness");
  const recording = { path, calls: readRecording(log), done };
  // A recorder that misses something would show every promise kept.
  const acknowledged = [...acknowledgedIn(toldBefore(recording)(recording.calls.length))].length;
  const enqueued = jobs * 2 * 2;
  if (acknowledged !== enqueued)
    throw new Error(`of ${enqueued} jobs ${acknowledged} were recorded as acknowledged`);
  return recording;
}
