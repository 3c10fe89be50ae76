import { type Counts, StoreClosed } from "@turno/core";
import { countsIn, type SqliteStore } from "@turno/store-sqlite";
import type { CounterData, CounterNews } from "./counter-messages.ts";
import { driverPath } from "../driver.ts";
import type { OpenedFile } from "../file/opened-file.ts";
import { SideThread } from "../side-thread.ts";

interface CounterOptions {
  readonly tables: SqliteStore;
  readonly file: OpenedFile;
  readonly sql: string;
  /** For how long the thread is kept that has nothing to count. */
  readonly idleMs?: number;
}

type Asked = PromiseWithResolvers<Counts>;

/** So many are counted in one to five milliseconds. */
const FEW = 50_000;

/** Counts the jobs in a file: few at once, and many in a thread, which ends when it is not needed for a while. */
export class Counter {
  readonly #options: CounterOptions;
  readonly #thread: SideThread<CounterNews>;
  /** Whom the thread counts for. */
  #counting: Asked[] = [];
  /** Who asked since: what they have written may not be in that count. */
  #next: Asked[] = [];

  constructor(options: CounterOptions) {
    this.#options = options;
    this.#thread = new SideThread({
      program: "counter/counter-thread",
      name: "turno-counter",
      data: () => this.#data(),
      idleMs: options.idleMs,
    });
  }

  async counts(): Promise<Counts> {
    const { tables } = this.#options;
    if (tables.mostJobs() <= FEW || this.#thread.isMissing) return tables.counts();
    const asked: Asked = Promise.withResolvers();
    this.#next.push(asked);
    if (this.#counting.length === 0) void this.#countNext();
    return asked.promise;
  }

  /** Ends the thread; whoever waits for a count is told that the store is closed. */
  async close(): Promise<void> {
    const { path } = this.#options.file;
    for (const { reject } of [...this.#counting.splice(0), ...this.#next.splice(0)])
      reject(new StoreClosed(`the store on ${path} is closed; open it anew`));
    await this.#thread.close();
  }

  async #countNext(): Promise<void> {
    this.#counting = this.#next.splice(0);
    const news = await this.#thread.ask();
    // Nobody asks a thread that is missing again.
    if (news === undefined) this.#counting.push(...this.#next.splice(0));
    if (this.#counting.length === 0) return;
    const counts = this.#countsOf(news ?? { kind: "failed" });
    for (const { resolve } of this.#counting.splice(0)) resolve(counts);
    if (this.#next.length > 0) void this.#countNext();
  }

  async #countsOf(news: CounterNews): Promise<Counts> {
    if (news.kind === "counted") return countsIn(news.row);
    if (news.kind === "failed") return this.#options.tables.counts();
    throw this.#options.file.lose(news.kind);
  }

  #data(): CounterData {
    const { file, sql } = this.#options;
    return { ...file.kept, driverPath: driverPath(), sql };
  }
}
