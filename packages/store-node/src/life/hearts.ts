import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { type Heart, type HeartOptions, StoreClosed, StoreUnsupported } from "@turno/core";
import { WorkerHeart } from "./heart.ts";
import type { HeartData, HeartNews, HeartOrder } from "./heart-messages.ts";

interface HeartsOptions {
  /** Made ready when the first worker joins. */
  readonly data: () => HeartData;
  /** What an error of the thread, or its news that is no reply, means for this store. */
  readonly errorOf: (news: Exclude<HeartNews, { readonly kind: "held" | "reply" }>) => unknown;
}

const RESTART_MS = 1_000;

/** The hearts of a store's workers and the locks that are their signs of life, all in one thread. */
export class Hearts {
  readonly #options: HeartsOptions;
  /** By sign; without a heart as long as its worker does not beat. */
  readonly #hearts = new Map<string, WorkerHeart | undefined>();
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();
  #thread: Worker | undefined;
  #trouble: unknown;
  #closed = false;

  constructor(options: HeartsOptions) {
    this.#options = options;
  }

  owns(sign: string): boolean {
    return this.#hearts.has(sign);
  }

  /** Resolves once the thread holds the lock. */
  async hold(sign: string): Promise<void> {
    this.#thread ??= this.#start();
    const held = Promise.withResolvers<void>();
    this.#waiting.set(sign, held);
    this.#order({ kind: "hold", sign });
    // Whoever waits keeps the process alive; the thread itself does not.
    this.#thread.ref();
    try {
      await held.promise;
      this.#hearts.set(sign, undefined);
    } finally {
      this.#waiting.delete(sign);
      if (this.#waiting.size === 0) this.#thread?.unref();
    }
  }

  beat(sign: string, worker: number, options: HeartOptions): Heart {
    const onStop = () => {
      if (this.#hearts.has(sign)) this.#hearts.set(sign, undefined);
      this.#order({ kind: "rest", sign });
    };
    const heart = new WorkerHeart({ ...options, worker, onStop });
    this.#hearts.set(sign, heart);
    this.#order({ kind: "beat", sign, beats: heart.beats });
    return heart;
  }

  /** Tells all workers that something is amiss with the store. */
  tell(error: unknown): void {
    for (const heart of this.#hearts.values()) heart?.tell(error);
  }

  /** Lets go of the lock of a worker that is forgotten, and deletes its file. */
  remove(sign: string): void {
    if (this.#hearts.delete(sign)) this.#order({ kind: "remove", sign });
  }

  /** Lets go of all locks; those of workers that are not forgotten stay, free, for others to see. */
  async close(): Promise<void> {
    this.#closed = true;
    const thread = this.#thread;
    if (thread === undefined) return;
    thread.ref();
    const exited = new Promise((resolve) => void thread.once("exit", resolve));
    this.#order({ kind: "end" });
    await exited;
  }

  #start(): Worker {
    // Beside this file, in the sources as in the package.
    const program = new URL(`./heart-thread${extname(import.meta.filename)}`, import.meta.url);
    // Without the process's own flags: what they load would be loaded here again.
    const options = { workerData: this.#options.data(), execArgv: [], name: "turno-heart" };
    const thread = new Worker(program, options);
    thread.unref();
    thread.on("message", (news: HeartNews) => this.#hear(news));
    thread.on("error", (error) => (this.#trouble = error));
    thread.on("exit", () => this.#onExit());
    return thread;
  }

  #hear(news: HeartNews): void {
    if (news.kind === "held") return this.#waiting.get(news.sign)?.resolve();
    if (news.kind === "refused")
      return this.#waiting.get(news.sign)?.reject(this.#options.errorOf(news));
    const heart = this.#hearts.get(news.sign);
    if (news.kind !== "reply") return heart?.fail(this.#options.errorOf(news));
    if (!news.reply.known) this.remove(news.sign);
    heart?.hear(news.reply);
  }

  #onExit(): void {
    this.#thread = undefined;
    const error = this.#closed
      ? new StoreClosed("the store was closed while a worker joined; open it anew")
      : new StoreUnsupported(
          "the thread in which workers beat ended; if @turno/store-node was bundled, leave it out of the bundle, " +
            "since it starts a thread from a file of its own",
          { cause: this.#trouble },
        );
    for (const { reject } of this.#waiting.values()) reject(error);
    if (this.#closed || this.#hearts.size === 0) return;
    for (const heart of this.#hearts.values()) heart?.fail(error);
    setTimeout(() => this.#restart(), RESTART_MS).unref();
  }

  #restart(): void {
    if (this.#closed || this.#hearts.size === 0) return;
    this.#thread ??= this.#start();
    for (const [sign, heart] of this.#hearts) {
      this.#order({ kind: "hold", sign });
      if (heart !== undefined) this.#order({ kind: "beat", sign, beats: heart.beats });
    }
  }

  #order(order: HeartOrder): void {
    this.#thread?.postMessage(order);
  }
}
