import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import { loadPeer } from "../installed.ts";
import { type Payload, payload } from "../payload.ts";
import type { Entry, Peer, Setup } from "../peer.ts";
import type { Ticks } from "../ticks.ts";
import { typeOf, typesOf } from "../type-of.ts";
import { durabilityOf } from "./durability-of.ts";
import { enqueueAwaiting } from "./enqueue-awaiting.ts";
import { sameWithout } from "./same-without.ts";

/** What is used of liteque, which is not installed with the project. */
interface Liteque {
  buildDBClient(file: string, options: { readonly runMigrations: boolean }): Client;
  readonly SqliteQueue: new (name: string, client: Client, options: object) => Queue;
  readonly Runner: new (queue: Queue, functions: object, options: RunnerOptions) => Runner;
}

interface Client {
  /** drizzle's, over better-sqlite3. */
  readonly session: { readonly client: Database };
}

interface Queue {
  enqueue(payload: Payload, options?: { readonly delayMs: number }): Promise<unknown>;
  stats(): Promise<Readonly<Record<string, number>>>;
  finalize(...settled: readonly unknown[]): Promise<void>;
}

interface Runner {
  run(): Promise<void>;
  stop(): void;
}

interface RunnerOptions {
  readonly pollIntervalMs: number;
  readonly timeoutSecs: number;
  readonly concurrency: number;
}

export const LITEQUE: readonly Entry[] = [
  // The settings of its README's example.
  { name: "liteque", packages: ["liteque"], unfit, open: (setup) => liteque(setup, 1_000) },
  // The one setting there is to tune: it looks every 10 ms.
  {
    name: "liteque tuned",
    packages: ["liteque"],
    unfit: (test) => unfit(test) ?? sameWithout("liteque")(test),
    open: (setup) => liteque(setup, 10),
  },
];

function unfit(test: string): string | undefined {
  return test === "X"
    ? "it deletes what is completed, lists nothing and has nothing to prune"
    : undefined;
}

/** liteque at the NORMAL that it sets itself; it has no bulk call, so jobs are enqueued one by one. */
async function liteque(
  { storage, payloadBytes, types }: Setup,
  pollIntervalMs: number,
): Promise<Peer> {
  const { buildDBClient, SqliteQueue, Runner }: Liteque = await loadPeer("liteque");
  const client = buildDBClient(storage, { runMigrations: true });
  const database = client.session.client;
  letPromisesPass(database);
  const options = { defaultJobArgs: { numRetries: 2 }, keepFailedJobs: false };
  const queues = typesOf(types).map((name) => new SqliteQueue(name, client, options));
  const byName = new Map(queues.map((queue, index) => [typeOf(index, types), queue]));
  const enqueue = async (index: number, delayMs = 0) =>
    void (await byName
      .get(typeOf(index, types))
      ?.enqueue(payload(index, payloadBytes), { delayMs }));
  let runners: Runner[] = [];
  let running: Promise<void>[] = [];
  return {
    durability: durabilityOf(database),
    enqueue,
    enqueueAwaiting: (n) => enqueueAwaiting(n, enqueue),
    async fill(n, delayMs) {
      for (let index = 0; index < n; index++) await enqueue(index, delayMs);
    },
    async count() {
      const stats = await Promise.all(queues.map((queue) => queue.stats()));
      return stats.flatMap(Object.values).reduce((sum, count) => sum + count, 0);
    },
    work(ticks, { concurrency, handlerMs }) {
      const functions = {
        async run({ data }: { readonly data: Payload }) {
          ticks.ran(data.index);
          if (handlerMs !== undefined) await sleep(handlerMs);
        },
        onError: async ({ error }: { readonly error: unknown }) => ticks.failed(error),
      };
      const settings = { pollIntervalMs, timeoutSecs: 60, concurrency };
      for (const queue of queues) tellWhenStored(queue, ticks);
      runners = queues.map((queue) => new Runner(queue, functions, settings));
      running = runners.map((runner) => runner.run().catch((error) => ticks.failed(error)));
    },
    async close() {
      for (const runner of runners) runner.stop();
      await Promise.all(running);
      database.close();
    },
  };
}

/** Its `onComplete` comes before the write: so that is told which comes after. */
function tellWhenStored(queue: Queue, ticks: Ticks): void {
  const finalize = queue.finalize.bind(queue);
  queue.finalize = async (...settled) => {
    await finalize(...settled);
    if (settled[2] === "completed") ticks.stored();
  };
}

/**
 * Its claim hands better-sqlite3 an asynchronous function as a transaction, which better-sqlite3 has refused since 11.7.2:
 * without this it runs nothing. With it a claim is what it was before: begun and committed around the function's
 * synchronous beginning.
 */
function letPromisesPass(database: Database): void {
  const transaction = (work: (...given: readonly unknown[]) => unknown) => {
    const deferred = (...given: readonly unknown[]) => {
      database.exec("BEGIN");
      try {
        const result = work(...given);
        database.exec("COMMIT");
        return result;
      } catch (error) {
        if (database.inTransaction) database.exec("ROLLBACK");
        throw error;
      }
    };
    return { deferred };
  };
  Object.assign(database, { transaction });
}
