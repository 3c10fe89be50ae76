import Database from "better-sqlite3";
import { type Contestant, type Durability, payload } from "../contestant.ts";
import { loadPeer } from "../peers.ts";
import { durabilityOf } from "./durability-of.ts";
import { enqueueAwaiting } from "./enqueue-awaiting.ts";

/** What is used of plainjob, which is not installed with the project. */
interface Plainjob {
  better(database: Database.Database): unknown;
  defineQueue(options: { readonly connection: unknown; readonly logger?: unknown }): Queue;
  defineWorker(
    type: string,
    process: (job: { readonly data: string }) => Promise<void>,
    options: {
      readonly queue: Queue;
      readonly logger?: unknown;
      readonly pollIntervall?: number;
      readonly onCompleted: () => void;
      readonly onFailed: (job: unknown, error: string) => void;
    },
  ): Worker;
}

interface Worker {
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Queue {
  add(type: string, data: unknown): unknown;
  addMany(type: string, data: readonly unknown[]): unknown;
  countJobs(): number;
  close(): void;
}

interface Settings {
  readonly logger?: Readonly<Record<"error" | "warn" | "info" | "debug", () => void>>;
  readonly pollIntervall?: number;
}

const silent = () => {};

/** What its README's examples do: a look each second, and its log on the console (here: /dev/null). */
export const DEFAULTS: Settings = {};

/** The best of what its README and its types offer: no log, and a look each 10 ms. */
export const TUNED: Settings = {
  pollIntervall: 10,
  logger: { error: silent, warn: silent, info: silent, debug: silent },
};

/**
 * plainjob over the same better-sqlite3: one worker, which runs one job at a time (100 of them are no faster). It sets
 * NORMAL itself; where the others are FULL, so is it.
 */
export async function plainjob(
  file: string,
  durability: Durability,
  settings: Settings,
): Promise<Contestant> {
  const { better, defineQueue, defineWorker }: Plainjob = await loadPeer("plainjob");
  const database = new Database(file);
  const queue = defineQueue({ connection: better(database), ...settings });
  if (durability === "full") database.pragma("synchronous = FULL");
  const enqueue = async (index: number) => void queue.add("noop", payload(index));
  let worker: Worker | undefined;
  return {
    durability: durabilityOf(database),
    enqueue,
    enqueueAwaiting: (n) => enqueueAwaiting(n, enqueue),
    async fill(n) {
      for (let from = 0; from < n; from += 1_000) {
        const count = Math.min(1_000, n - from);
        queue.addMany(
          "noop",
          Array.from({ length: count }, (_, i) => payload(from + i)),
        );
      }
    },
    async count() {
      return queue.countJobs();
    },
    work(ticks) {
      worker = defineWorker("noop", async ({ data }) => ticks.ran(JSON.parse(data).index), {
        ...settings,
        queue,
        onCompleted: () => ticks.stored(),
        onFailed: (_, error) => ticks.failed(error),
      });
      worker.start().catch((error: unknown) => ticks.failed(error));
    },
    async close() {
      await worker?.stop();
      queue.close();
    },
  };
}
