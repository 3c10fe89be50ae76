import { loadPeer } from "../installed.ts";
import { type Payload, payload } from "../payload.ts";
import type { Entry, Peer, Setup, WorkOptions } from "../peer.ts";
import { askPostgres, postgresDurability } from "../servers/ask-postgres.ts";
import type { Ticks } from "../ticks.ts";
import { typeOf, typesOf } from "../type-of.ts";
import { enqueueAwaiting } from "./enqueue-awaiting.ts";
import { handle } from "./handle.ts";
import { inSlots } from "./in-slots.ts";
import { inThousands } from "./in-thousands.ts";

/** What is used of pg-boss, which is not installed with the project. */
interface PgBossModule {
  readonly PgBoss: new (options: object) => PgBoss;
}

interface PgBoss {
  start(): Promise<unknown>;
  createQueue(name: string, options: object): Promise<void>;
  send(name: string, data: Payload): Promise<unknown>;
  insert(
    name: string,
    jobs: readonly { readonly data: Payload; readonly startAfter?: Date | undefined }[],
  ): Promise<unknown>;
  work(
    name: string,
    options: object,
    handler: (jobs: readonly { readonly data: Payload }[]) => Promise<void>,
  ): Promise<unknown>;
  getQueueStats(name: string, options: { readonly force: true }): Promise<unknown>;
  deleteStoredJobs(name: string): Promise<unknown>;
  getDb(): Database;
  on(event: "error", listener: (error: unknown) => void): void;
  stop(): Promise<void>;
}

interface Database {
  executeSql(
    sql: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
}

interface Settings {
  readonly instance: object;
  readonly queue: object;
  readonly batchSize: number;
  /** Workers that take turns: while one waits for the database another handles its batch. */
  readonly workers: number;
  readonly worker: object;
}

/** Each worker takes one job, and looks for the next 2 s later. */
const DEFAULTS: Settings = {
  instance: {},
  queue: {},
  batchSize: 1,
  workers: Number.POSITIVE_INFINITY,
  worker: {},
};

/** Large batches, and no pause after a full one. */
const TUNED: Settings = {
  ...DEFAULTS,
  batchSize: 1_000,
  workers: 2,
  worker: { burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 },
};

/** The same, and each job that is enqueued wakes a worker: that costs half of the speed of enqueueing. */
const NOTIFIED: Settings = {
  ...TUNED,
  instance: { useListenNotify: true },
  queue: { notify: true },
};

export const PG_BOSS: readonly Entry[] = [
  { ...entry("pg-boss", DEFAULTS), unfit },
  entry("pg-boss tuned", TUNED),
  entry("pg-boss tuned, notified", NOTIFIED),
];

/** Whatever begins with or consists in many jobs that are worked. */
function unfit(test: string): string | undefined {
  if (!/^([CDEFGLMRX]|P\d+C)/.test(test)) return undefined;
  return "each of its workers takes one job every 2 s, and a probe alone would take minutes";
}

function entry(name: string, settings: Settings): Entry {
  return {
    name,
    server: "postgres",
    packages: ["pg-boss", "pg"],
    open: (setup) => pgBoss(setup, settings),
  };
}

/** pg-boss, where a type is a queue. */
async function pgBoss(setup: Setup, settings: Settings): Promise<Peer> {
  const { storage, payloadBytes, types } = setup;
  const { PgBoss }: PgBossModule = await loadPeer("pg-boss");
  const boss = new PgBoss({ connectionString: storage, ...settings.instance });
  let failed = (error: unknown) => console.error(error);
  boss.on("error", (error) => failed(error));
  await boss.start();
  const queues = typesOf(types);
  for (const queue of queues) await boss.createQueue(queue, settings.queue);
  const enqueue = async (index: number) =>
    void (await boss.send(typeOf(index, types), payload(index, payloadBytes)));
  return {
    durability: await postgresDurability(storage),
    enqueue,
    enqueueAwaiting: (n) => enqueueAwaiting(n, enqueue),
    async fill(n, delayMs) {
      const startAfter = delayMs === undefined ? undefined : new Date(Date.now() + delayMs);
      // A bulk call is for one queue.
      for (const [first, queue] of queues.entries()) {
        await inThousands(Math.ceil((n - first) / types), (from, to) => {
          const indices = Array.from({ length: to - from }, (_, i) => first + (from + i) * types);
          const jobs = indices.map((index) => ({ data: payload(index, payloadBytes), startAfter }));
          return boss.insert(queue, jobs);
        });
      }
    },
    async count() {
      return Number((await askPostgres(storage, "select count(*) from pgboss.job"))["count"]);
    },
    work(ticks, options) {
      failed = (error) => ticks.failed(error);
      tellWhenStored(boss.getDb(), ticks);
      const { slots, ...worker } = shared(settings, options, types);
      for (const queue of queues) {
        boss
          .work(queue, worker, (jobs) =>
            inSlots(slots, jobs, ({ data }) => handle(data.index, ticks, options)),
          )
          .catch(failed);
      }
    },
    views: {
      // It counts at most once a minute, and tells meanwhile what it has counted.
      counts: () => Promise.all(queues.map((name) => boss.getQueueStats(name, { force: true }))),
      prune: () => Promise.all(queues.map((name) => boss.deleteStoredJobs(name))),
    },
    async close() {
      await boss.stop();
    },
  };
}

/** How the handlers that may run at a time are shared out, at least one for each queue. */
function shared(
  { batchSize, workers, worker }: Settings,
  { concurrency }: WorkOptions,
  types: number,
) {
  const ofQueue = Math.max(1, Math.floor(concurrency / types));
  const localConcurrency = Math.min(workers, ofQueue);
  const slots = Math.floor(ofQueue / localConcurrency);
  return { ...worker, batchSize, localConcurrency, slots };
}

/** It has no event for that: so what the database answers to the statement which completes jobs is listened to. */
function tellWhenStored(database: Database, ticks: Ticks): void {
  const execute = database.executeSql.bind(database);
  database.executeSql = async (sql, values) => {
    const answer = await execute(sql, values);
    if (/SET completed_on = .*state = 'completed'/s.test(sql)) {
      const stored = Number(answer.rows[0]?.["count"]);
      for (let i = 0; i < stored; i++) ticks.stored();
    }
    return answer;
  };
}
