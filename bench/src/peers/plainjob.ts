import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { loadPeer } from "../installed.ts";
import { payload } from "../payload.ts";
import type { Entry, Peer, Setup } from "../peer.ts";
import { typeOf, typesOf } from "../type-of.ts";
import { durabilityOf } from "./durability-of.ts";
import { enqueueAwaiting } from "./enqueue-awaiting.ts";
import { inThousands } from "./in-thousands.ts";
import { sameWithout } from "./same-without.ts";

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
  addMany(type: string, data: readonly unknown[], options?: { readonly delay: number }): unknown;
  countJobs(options?: { readonly status: number }): number;
  removeDoneJobs(olderThan: number): void;
  close(): void;
}

interface Settings {
  readonly logger?: Readonly<Record<"error" | "warn" | "info" | "debug", () => void>>;
  readonly pollIntervall?: number;
}

const silent = () => {};
const STATUSES = [0, 1, 2, 3];

export const PLAINJOB: readonly Entry[] = [
  // What its README's examples do: a look each second, and its log on the console (here: /dev/null).
  { name: "plainjob", packages: ["plainjob"], open: (setup) => plainjob(setup, {}) },
  // The best of what its README and its types offer: no log, and a look each 10 ms.
  {
    name: "plainjob tuned",
    packages: ["plainjob"],
    unfit: sameWithout("plainjob"),
    open: (setup) =>
      plainjob(setup, {
        pollIntervall: 10,
        logger: { error: silent, warn: silent, info: silent, debug: silent },
      }),
  },
];

/**
 * plainjob over the same better-sqlite3, at the NORMAL that it sets itself. A worker runs one job at a time; it gets
 * more of them where handlers wait (where they do not, more are no faster), and one for each type.
 */
async function plainjob(
  { storage, payloadBytes, types }: Setup,
  settings: Settings,
): Promise<Peer> {
  const { better, defineQueue, defineWorker }: Plainjob = await loadPeer("plainjob");
  const database = new Database(storage);
  const queue = defineQueue({ connection: better(database), ...settings });
  const names = typesOf(types);
  const enqueue = async (index: number) =>
    void queue.add(typeOf(index, types), payload(index, payloadBytes));
  let workers: Worker[] = [];
  let running: Promise<void>[] = [];
  return {
    durability: durabilityOf(database),
    enqueue,
    enqueueAwaiting: (n) => enqueueAwaiting(n, enqueue),
    fill: (n, delayMs = 0) =>
      inThousands(n, (from, to) => {
        for (const [type, indexes] of byType(from, to, types))
          queue.addMany(
            type,
            indexes.map((index) => payload(index, payloadBytes)),
            { delay: delayMs },
          );
      }),
    async count() {
      return queue.countJobs();
    },
    work(ticks, { concurrency, handlerMs }) {
      const handle = async ({ data }: { readonly data: string }) => {
        ticks.ran(JSON.parse(data).index);
        if (handlerMs !== undefined) await sleep(handlerMs);
      };
      const options = {
        ...settings,
        queue,
        onCompleted: () => ticks.stored(),
        onFailed: (_: unknown, error: string) => ticks.failed(error),
      };
      const each = handlerMs === undefined ? 1 : concurrency;
      workers = names.flatMap((name) =>
        Array.from({ length: each }, () => defineWorker(name, handle, options)),
      );
      running = workers.map((worker) => worker.start().catch((error) => ticks.failed(error)));
    },
    views: {
      counts: async () => STATUSES.map((status) => queue.countJobs({ status })),
      prune: async () => queue.removeDoneJobs(0),
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await Promise.all(running);
      queue.close();
    },
  };
}

function byType(from: number, to: number, types: number): Map<string, number[]> {
  const indexes = Array.from({ length: to - from }, (_, at) => from + at);
  return Map.groupBy(indexes, (index) => typeOf(index, types));
}
