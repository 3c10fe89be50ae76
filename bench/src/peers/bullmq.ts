import { loadPeer } from "../installed.ts";
import { type Payload, payload } from "../payload.ts";
import type { Peer, Setup } from "../peer.ts";
import { typeOf } from "../type-of.ts";
import { enqueueAwaiting } from "./enqueue-awaiting.ts";
import { handle } from "./handle.ts";
import { inThousands } from "./in-thousands.ts";

/** What is used of BullMQ, which is not installed with the project. */
interface BullMq {
  readonly Queue: new (name: string, options: object, backend: unknown) => Queue;
  readonly Worker: new (
    name: string,
    process: (job: { readonly data: Payload }) => Promise<void>,
    options: object,
    backend: unknown,
  ) => Worker;
  readonly createPostgresBackend: unknown;
}

interface Queue {
  waitUntilReady(): Promise<unknown>;
  add(name: string, data: Payload, options: object): Promise<unknown>;
  addBulk(
    jobs: readonly { readonly name: string; readonly data: Payload; readonly opts: object }[],
  ): Promise<unknown>;
  getJobCounts(): Promise<Readonly<Record<string, number>>>;
  getJobs(state: string, from: number, to: number, oldestFirst: boolean): Promise<unknown>;
  clean(graceMs: number, limit: number, state: string): Promise<unknown>;
  on(event: "error", listener: (error: unknown) => void): void;
  close(): Promise<void>;
}

interface Worker {
  on(event: "completed", listener: () => void): void;
  on(event: "failed", listener: (job: unknown, error: unknown) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
  close(): Promise<void>;
}

export interface BullMqOptions {
  readonly durability: string;
  /** How a queue connects, and how a worker does: each has connections of its own. */
  readonly connections: { readonly queue: object; readonly worker: object };
  readonly jobOptions: object;
  /** Redis where it is left out. */
  readonly backend?: "createPostgresBackend";
}

/** How often a worker looks for stalled jobs, which it takes down. */
const STALLED_MS = 30_000;

const NAME = "bench";

/** BullMQ with one queue and one worker, as it is meant to be: a type is the name of a job. */
export async function bullMq(
  { payloadBytes, types }: Setup,
  { durability, connections, jobOptions, backend }: BullMqOptions,
): Promise<Peer> {
  const module: BullMq = await loadPeer("bullmq");
  const factory = backend && module[backend];
  const queue = new module.Queue(NAME, { connection: connections.queue }, factory);
  queue.on("error", (error) => console.error(error));
  await queue.waitUntilReady();
  const job = (index: number, opts: object) =>
    ({ name: typeOf(index, types), data: payload(index, payloadBytes), opts }) as const;
  const enqueue = async (index: number) => {
    const { name, data } = job(index, jobOptions);
    await queue.add(name, data, jobOptions);
  };
  let worker: Worker | undefined;
  return {
    durability,
    beatMs: STALLED_MS,
    enqueue,
    enqueueAwaiting: (n) => enqueueAwaiting(n, enqueue),
    fill(n, delay) {
      const opts = delay === undefined ? jobOptions : { ...jobOptions, delay };
      return inThousands(n, (from, to) =>
        queue.addBulk(Array.from({ length: to - from }, (_, i) => job(from + i, opts))),
      );
    },
    async count() {
      return Object.values(await queue.getJobCounts()).reduce((sum, count) => sum + count, 0);
    },
    work(ticks, options) {
      const settings = { connection: connections.worker, concurrency: options.concurrency };
      const process = ({ data }: { readonly data: Payload }) => handle(data.index, ticks, options);
      worker = new module.Worker(NAME, process, settings, factory);
      // It comes after the write.
      worker.on("completed", () => ticks.stored());
      worker.on("failed", (_, error) => ticks.failed(error));
      worker.on("error", (error) => ticks.failed(error));
    },
    views: {
      counts: () => queue.getJobCounts(),
      page: () => queue.getJobs("delayed", 0, 49, false),
      ...("removeOnComplete" in jobOptions ? {} : { prune: () => prune(queue) }),
    },
    async close() {
      await worker?.close();
      await queue.close();
    },
  };
}

/** At most so many go as it is told. */
function prune(queue: Queue): Promise<unknown> {
  return queue.clean(0, Number.MAX_SAFE_INTEGER, "completed");
}
