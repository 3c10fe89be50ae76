import { loadPeer } from "../installed.ts";
import { type Payload, payload } from "../payload.ts";
import type { Entry, Peer, Setup } from "../peer.ts";
import { askPostgres, postgresDurability } from "../servers/ask-postgres.ts";
import type { Ticks } from "../ticks.ts";
import { typeOf, typesOf } from "../type-of.ts";
import { enqueueAwaiting } from "./enqueue-awaiting.ts";
import { handle } from "./handle.ts";
import { inThousands } from "./in-thousands.ts";

/** What is used of graphile-worker, which is not installed with the project. */
interface GraphileWorker {
  makeWorkerUtils(options: object): Promise<WorkerUtils>;
  run(options: object): Promise<Runner>;
  readonly Logger: new (factory: () => () => void) => object;
}

interface WorkerUtils {
  migrate(): Promise<void>;
  addJob(identifier: string, payload: Payload): Promise<unknown>;
  addJobs(
    jobs: readonly {
      readonly identifier: string;
      readonly payload: Payload;
      readonly runAt?: Date | undefined;
    }[],
  ): Promise<unknown>;
  release(): Promise<void>;
}

interface Runner {
  readonly promise: Promise<void>;
  readonly events: {
    on(event: string, listener: (told: { readonly error: unknown }) => void): void;
  };
  stop(): Promise<void>;
}

interface Pg {
  readonly default: { readonly Pool: new (options: object) => Pool };
}

interface Pool {
  on(event: "connect", listener: (client: Client) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
  end(): Promise<void>;
}

interface Client {
  query(...given: readonly unknown[]): Promise<{ readonly rowCount: number }>;
}

interface Settings {
  readonly isSilent: boolean;
  readonly worker: object;
}

/** It takes jobs one by one, and logs each (here: to /dev/null). */
const DEFAULTS: Settings = { isSilent: false, worker: {} };

/**
 * What its page on performance advises: batches, no log, and for very quick tasks a local queue that is a lot larger than
 * the 500 of its example. Connections beyond the 10 that it has were no gain.
 */
const TUNED: Settings = {
  isSilent: true,
  worker: { localQueue: { size: 2_000 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
};

export const GRAPHILE_WORKER: readonly Entry[] = [
  entry("graphile-worker", DEFAULTS),
  entry("graphile-worker tuned", TUNED),
];

function entry(name: string, settings: Settings): Entry {
  return {
    name,
    server: "postgres",
    packages: ["graphile-worker", "pg"],
    unfit: (test) =>
      test === "X" ? "it deletes what is completed, and counts and lists nothing" : undefined,
    open: (setup) => graphileWorker(setup, settings),
  };
}

async function graphileWorker(
  { storage, payloadBytes, types }: Setup,
  { isSilent, worker }: Settings,
): Promise<Peer> {
  // It reads this when it is loaded.
  if (isSilent) process.env["NO_LOG_SUCCESS"] = "1";
  const { makeWorkerUtils, run, Logger }: GraphileWorker = await loadPeer("graphile-worker");
  const { default: pg }: Pg = await loadPeer("pg");
  const log = isSilent ? { logger: new Logger(() => () => {}) } : {};
  const utils = await makeWorkerUtils({ connectionString: storage, ...log });
  await utils.migrate();
  const enqueue = async (index: number) =>
    void (await utils.addJob(typeOf(index, types), payload(index, payloadBytes)));
  const pool = new pg.Pool({ connectionString: storage });
  let running: Promise<Runner> | undefined;
  return {
    durability: await postgresDurability(storage),
    enqueue,
    enqueueAwaiting: (n) => enqueueAwaiting(n, enqueue),
    fill(n, delayMs) {
      const runAt = delayMs === undefined ? undefined : new Date(Date.now() + delayMs);
      return inThousands(n, (from, to) => {
        const indices = Array.from({ length: to - from }, (_, i) => from + i);
        return utils.addJobs(
          indices.map((index) => ({
            identifier: typeOf(index, types),
            payload: payload(index, payloadBytes),
            runAt,
          })),
        );
      });
    },
    async count() {
      const sql = "select count(*) from graphile_worker.jobs";
      return Number((await askPostgres(storage, sql))["count"]);
    },
    work(ticks, options) {
      tellWhenStored(pool, ticks);
      const task = ({ index }: Payload) => handle(index, ticks, options);
      running = run({
        ...log,
        pgPool: pool,
        noHandleSignals: true,
        parsedCronItems: [],
        taskList: Object.fromEntries(typesOf(types).map((type) => [type, task])),
        preset: { worker: { concurrentJobs: options.concurrency, ...worker } },
      });
      running.then(
        (runner) => {
          for (const event of ["job:error", "worker:fatalError", "pool:fatalError"])
            runner.events.on(event, ({ error }) => ticks.failed(error));
          runner.promise.catch((error) => ticks.failed(error));
        },
        (error) => ticks.failed(error),
      );
    },
    async close() {
      await (await running)?.stop();
      await pool.end();
      await utils.release();
    },
  };
}

/** Its event `job:complete` comes before the write: so it is counted what the statement deletes which completes jobs. */
function tellWhenStored(pool: Pool, ticks: Ticks): void {
  pool.on("error", (error) => ticks.failed(error));
  pool.on("connect", (client) => {
    const query = client.query.bind(client);
    client.query = (...given) => {
      const answer = query(...given);
      if (completesJobs(given[0])) {
        answer.then(
          ({ rowCount }) => {
            for (let i = 0; i < rowCount; i++) ticks.stored();
          },
          (error) => ticks.failed(error),
        );
      }
      return answer;
    };
  });
}

/** It is prepared under this name, for one job and for many. */
function completesJobs(query: unknown): boolean {
  if (typeof query !== "object" || query === null || !("name" in query)) return false;
  return /^complete_jobs?\//.test(String(query.name));
}
