import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { type Counts, StoreClosed } from "@turno/core";
import { countsIn, type SqliteStore } from "@turno/store-sqlite";
import type { CounterData, CounterNews, CounterOrder } from "./counter-messages.ts";
import { driverPath } from "./driver.ts";
import type { OpenedFile } from "./opened-file.ts";

interface CounterOptions {
  readonly tables: SqliteStore;
  readonly file: OpenedFile;
  readonly sql: string;
  /** For how long the thread is kept that has nothing to count. Default: 10 seconds. */
  readonly idleMs?: number;
}

type Asked = PromiseWithResolvers<Counts>;

/** So many are counted in one to five milliseconds. */
const FEW = 50_000;

/** Counts the jobs in a file: few at once, and many in a thread, which ends when it is not needed for a while. */
export class Counter {
  readonly #options: CounterOptions;
  /** Whom the thread counts for. */
  #counting: Asked[] = [];
  /** Who asked since: what they have written may not be in that count. */
  #next: Asked[] = [];
  #thread: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #threadless = false;

  constructor(options: CounterOptions) {
    this.#options = options;
  }

  async counts(): Promise<Counts> {
    const { tables } = this.#options;
    if (tables.mostJobs() <= FEW || this.#threadless) return tables.counts();
    const asked: Asked = Promise.withResolvers();
    this.#next.push(asked);
    if (this.#counting.length === 0) this.#countNext();
    return asked.promise;
  }

  /** Ends the thread; whoever waits for a count is told that the store is closed. */
  async close(): Promise<void> {
    const thread = this.#thread;
    const { path } = this.#options.file;
    for (const { reject } of this.#takeAll())
      reject(new StoreClosed(`the store on ${path} is closed; open it anew`));
    this.#end();
    if (thread === undefined) return;
    thread.ref();
    await new Promise((resolve) => void thread.once("exit", resolve));
  }

  #countNext(): void {
    clearTimeout(this.#idle);
    this.#counting = this.#next.splice(0);
    try {
      this.#thread ??= this.#start();
    } catch {
      return this.#countWithoutThread();
    }
    // Whoever waits keeps the process alive; the thread itself does not.
    this.#thread.ref();
    this.#order(this.#thread, "count");
  }

  #start(): Worker {
    const { file, sql } = this.#options;
    // Beside this file, in the sources as in the package.
    const program = new URL(`./counter-thread${extname(import.meta.filename)}`, import.meta.url);
    const { path, identity, log, index } = file;
    const workerData: CounterData = { driverPath: driverPath(), path, identity, log, index, sql };
    // Without the process's own flags: what they load would be loaded here again.
    const thread = new Worker(program, { workerData, execArgv: [], name: "turno-counter" });
    thread.on("message", (news: CounterNews) => {
      if (thread === this.#thread) this.#hear(news);
    });
    // It ends then; without a listener the process would.
    thread.on("error", () => {});
    thread.on("exit", () => {
      if (thread === this.#thread) this.#countWithoutThread();
    });
    return thread;
  }

  #hear(news: CounterNews): void {
    const counts = this.#countsOf(news);
    for (const { resolve } of this.#counting.splice(0)) resolve(counts);
    if (this.#next.length > 0) return this.#countNext();
    this.#thread?.unref();
    this.#idle = setTimeout(() => this.#end(), this.#options.idleMs ?? 10_000);
    this.#idle.unref();
  }

  async #countsOf(news: CounterNews): Promise<Counts> {
    if (news.kind === "counted") return countsIn(news.row);
    if (news.kind === "failed") return this.#options.tables.counts();
    throw this.#options.file.lose(news.kind);
  }

  /** The thread ended by itself: this code was bundled without the thread's file, for example. */
  #countWithoutThread(): void {
    this.#thread = undefined;
    this.#threadless = true;
    const asked = this.#takeAll();
    if (asked.length === 0) return;
    const counts = this.#countsOf({ kind: "failed" });
    for (const { resolve } of asked) resolve(counts);
  }

  #takeAll(): Asked[] {
    return [...this.#counting.splice(0), ...this.#next.splice(0)];
  }

  #end(): void {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    if (thread !== undefined) this.#order(thread, "end");
  }

  #order(thread: Worker, order: CounterOrder): void {
    thread.postMessage(order);
  }
}
