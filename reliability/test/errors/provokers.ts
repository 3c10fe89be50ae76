import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineJobs, Fatal, json, MemoryStore, Queue, type Store } from "@turno/core";
import { move } from "@turno/core/move";
import { openSqliteStore } from "@turno/store-node";
import { openPostgresStore } from "@turno/store-postgres";
import { MemoryPersistence, memoryDisk, openWasmStore } from "@turno/store-wasm";
import { SimulatedClock } from "@turno/testkit";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";

/** Brings an error about for real, and resolves with it. */
type Provoker = () => Promise<unknown>;

/**
 * One way to each error. A new code gets a line here; or, where no Node can bring it about, one in {@link ELSEWHERE}.
 */
export const PROVOKERS: Readonly<Record<string, Provoker>> = {
  ValueRefused: async () => rejection(aQueue().enqueue("a", { when: Number.NaN })),

  SchemaRefused: async () => {
    const jobs = defineJobs({ a: { payload: onlyOne } });
    const queue = new Queue({ store: openSqliteStore(":memory:"), jobs });
    return rejection(queue.enqueue("a", 2));
  },

  LeaseLost: async () => {
    const queue = aQueue();
    await queue.enqueue("a", null);
    const [job] = await queue.claim();
    await queue.cancel(job?.id ?? "");
    return rejection(queue.complete(job as never));
  },

  JobCancelled: async () => {
    const queue = aQueue();
    const { id } = await queue.enqueue("a", null);
    await queue.cancel(id);
    return rejection(queue.result(id));
  },

  JobDead: async () => {
    const queue = aQueue();
    const { id } = await queue.enqueue("a", null);
    queue.work({
      a: () => {
        throw new Fatal("no such file");
      },
    });
    return rejection(queue.result(id));
  },

  JobGone: async () => {
    const queue = aQueue();
    const { id } = await queue.enqueue("a", null);
    // The newest row is never pruned.
    await queue.enqueue("a", null);
    await queue.cancel(id);
    await queue.prune({ cancelled: 0 });
    return rejection(queue.result(id));
  },

  JobTimedOut: async () => {
    const queue = withTimeout(20);
    await queue.enqueue("a", null);
    return reasonOf(queue);
  },

  WorkerStopping: async () => {
    const queue = withTimeout(60_000);
    await queue.enqueue("a", null);
    return reasonOf(queue, (worker) => void worker.stop());
  },

  ResultRefused: async () => {
    const jobs = defineJobs({ a: { result: json<number>() } });
    const queue = new Queue({ store: openSqliteStore(":memory:"), jobs });
    onTestFinished(() => queue.close());
    await queue.enqueue("a", null);
    const worker = queue.work({ a: () => Number.NaN });
    return new Promise((resolve) => {
      worker.on("dead", ({ error }) => resolve(error));
    });
  },

  KeyTaken: async () => {
    const queue = aQueue();
    const { id } = await queue.enqueue("a", null, { uniqueKey: "k" });
    await queue.cancel(id);
    await queue.enqueue("a", null, { uniqueKey: "k" });
    return rejection(queue.retry(id));
  },

  QueueClosed: async () => {
    const queue = aQueue();
    await queue.close();
    return rejection(queue.enqueue("a", null));
  },

  StoreBusy: async () => {
    const path = temporaryFile();
    const clock = new SimulatedClock();
    const queue = new Queue({ store: openSqliteStore(path, { busyTimeoutMs: 0 }), clock });
    const other = new Database(path);
    other.exec("BEGIN IMMEDIATE");
    const refused = rejection(queue.enqueue("a", null));
    await clock.advance(31_000);
    other.close();
    return refused;
  },

  // Nobody listens on this port.
  StoreUnreachable: async () => rejection(openPostgresStore("postgres://127.0.0.1:1/queue")),

  StoreFull: async () => {
    const database = new Database(temporaryFile());
    const queue = new Queue({ store: openSqliteStore(database) });
    database.pragma("max_page_count = 24");
    return rejection(queue.enqueue("a", "x".repeat(200_000)));
  },

  StoreUnwritable: async () => thrown(() => openSqliteStore(join(temporaryFile(), "queue.db"))),

  StoreCorrupt: async () => {
    const path = temporaryFile();
    writeFileSync(path, "This is no database. ".repeat(100));
    return thrown(() => openSqliteStore(path));
  },

  StoreReplaced: async () => {
    const path = temporaryFile();
    const queue = new Queue({ store: openSqliteStore(path) });
    rmSync(path);
    return rejection(queue.enqueue("a", null));
  },

  StoreNewer: async () => {
    const path = temporaryFile();
    openSqliteStore(path);
    new Database(path).exec("UPDATE turno_meta SET value = 99 WHERE key = 'schema'").close();
    return thrown(() => openSqliteStore(path));
  },

  StoreMoving: async () => {
    const store = openSqliteStore(temporaryFile());
    await store.adopter.begin({ salt: 7, paused: [] });
    return rejection(aQueue(store).enqueue("a", null));
  },

  MoveRefused: async () => {
    const used = openSqliteStore(temporaryFile());
    await aQueue(used).enqueue("a", null);
    return rejection(move(new MemoryStore(), used));
  },

  StoreUnsupported: async () => {
    const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    return rejection(openWasmStore({ persistence: "memory", wasm: () => emptyModule }));
  },

  StoreClosed: async () => {
    const store = openSqliteStore(temporaryFile());
    const queue = new Queue({ store });
    await store.close();
    return rejection(queue.enqueue("a", null));
  },

  StoreFailed: async () =>
    rejection(
      openWasmStore({ persistence: "memory", wasm: () => new Response("", { status: 500 }) }),
    ),

  StoreTakenOver: async () => {
    const disk = memoryDisk();
    const first = await openWasmStore({ persistence: new MemoryPersistence(disk) });
    const second = await openWasmStore({ persistence: new MemoryPersistence(disk) });
    onTestFinished(() => second.close());
    return rejection(new Queue({ store: first }).enqueue("a", null));
  },
};

interface Elsewhere {
  readonly test: string;
  /** What stands in it where the error is looked at. */
  readonly words: string;
}

/** Where the test is that brings about what takes another platform, or long. */
export const ELSEWHERE: Readonly<Record<string, Elsewhere>> = {
  // Tabs, one of which leads and is killed.
  AnswerLost: {
    test: "packages/store-wasm/test/tabs/tabs.test.ts",
    words: "rejects.toThrow(AnswerLost)",
  },
  // After seconds, in which somebody keeps a transaction open beside a worker.
  LogHeld: {
    test: "packages/store-node/test/log-held.test.ts",
    words: "toBeInstanceOf(LogHeld)",
  },
  // In workerd.
  PayloadTooLarge: {
    test: "packages/store-durable-object/test/port.test.ts",
    words: "PayloadTooLarge: a row of",
  },
};

const onlyOne = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value: unknown) =>
      value === 1 ? { value } : { issues: [{ message: "must be 1", path: ["n"] }] },
  },
} as const;

function aQueue(store: Store = openSqliteStore(temporaryFile())) {
  const queue = new Queue({ store });
  onTestFinished(() => queue.close());
  return queue;
}

function withTimeout(timeoutMs: number) {
  const jobs = defineJobs({ a: { timeoutMs } });
  const queue = new Queue({ store: openSqliteStore(temporaryFile()), jobs });
  onTestFinished(() => queue.close());
  return queue;
}

type Worker = ReturnType<ReturnType<typeof withTimeout>["work"]>;

/** Why the signal of the handler of the one job that there is is aborted. */
function reasonOf(
  queue: ReturnType<typeof withTimeout>,
  afterStart: (worker: Worker) => void = () => {},
): Promise<unknown> {
  return new Promise((resolve) => {
    const worker = queue.work(
      {
        a: ({ signal }) =>
          new Promise<void>((done) => {
            signal.addEventListener("abort", () => {
              resolve(signal.reason);
              done();
            });
            afterStart(worker);
          }),
      },
      { graceMs: 0 },
    );
  });
}

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "turno-"));
  chmodSync(folder, 0o700);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "queue.db");
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function thrown(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}
