import { extname } from "node:path";
import { Worker } from "node:worker_threads";

interface SideThreadOptions {
  /** Its file, as it is found from this one, without the ending. */
  readonly program: string;
  /** How debuggers name it. */
  readonly name: string;
  /** What it is started with. */
  readonly data: () => unknown;
  /** For how long it is kept while nobody asks it anything. Default: 10 seconds. */
  readonly idleMs?: number | undefined;
}

/** What a thread of this kind is told: to do its work once more, and to say what came of it; or to end. */
export type SideOrder = "work" | "end";

/** A thread for work that would hold up the event loop: started when it is needed, ended when it is not for a while. */
export class SideThread<News> {
  readonly #options: SideThreadOptions;
  #thread: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #asked: PromiseWithResolvers<News | undefined> | undefined;
  #missing = false;

  constructor(options: SideThreadOptions) {
    this.#options = options;
  }

  /** It cannot be started, or has ended by itself: this code was bundled without the thread's file, for example. */
  get isMissing(): boolean {
    return this.#missing;
  }

  /**
   * Has it work once, which keeps the process alive meanwhile; undefined where it is missing, or is ended before it has
   * an answer. It works for one at a time.
   */
  async ask(): Promise<News | undefined> {
    clearTimeout(this.#idle);
    try {
      if (!this.#missing) this.#thread ??= this.#start();
    } catch {
      this.#missing = true;
    }
    if (this.#thread === undefined) return undefined;
    this.#asked = Promise.withResolvers();
    this.#thread.ref();
    this.#order(this.#thread, "work");
    return this.#asked.promise;
  }

  /** Resolves when it has ended, and has let go of what it held. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#end();
    this.#answer(undefined);
    if (thread === undefined) return;
    thread.ref();
    await new Promise((resolve) => void thread.once("exit", resolve));
  }

  #start(): Worker {
    const { program, name, data } = this.#options;
    const file = new URL(`./${program}${extname(import.meta.filename)}`, import.meta.url);
    // Without the process's own flags: what they load would be loaded here again.
    const thread = new Worker(file, { workerData: data(), execArgv: [], name });
    thread.on("message", (news: News) => {
      if (thread === this.#thread) this.#hear(thread, news);
    });
    // It ends then; without a listener the process would.
    thread.on("error", () => {});
    thread.on("exit", () => {
      if (thread === this.#thread) this.#lose();
    });
    return thread;
  }

  #hear(thread: Worker, news: News): void {
    thread.unref();
    this.#idle = setTimeout(() => this.#end(), this.#options.idleMs ?? 10_000);
    this.#idle.unref();
    this.#answer(news);
  }

  #lose(): void {
    this.#thread = undefined;
    this.#missing = true;
    this.#answer(undefined);
  }

  #answer(news: News | undefined): void {
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.resolve(news);
  }

  #end(): void {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    if (thread !== undefined) this.#order(thread, "end");
  }

  #order(thread: Worker, order: SideOrder): void {
    thread.postMessage(order);
  }
}
