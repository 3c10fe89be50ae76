import {
  AnswerLost,
  type Heart,
  type HeartOptions,
  StoreClosed,
  type StoreError,
  StoreReplaced,
  type Watched,
  type WorkerId,
} from "@turno/core";
import type { Method } from "../holder/call.ts";
import type { Line } from "../line.ts";
import type { FromPage, TabSettings, ToPage } from "./messages.ts";
import { newId } from "./new-id.ts";
import { PageCalls } from "./page-calls.ts";
import { PageClock } from "./page-clock.ts";
import { PageHeart } from "./page-heart.ts";
import { errorFrom } from "./plain-error.ts";
import { whenPutAway } from "./when-put-away.ts";

interface TabLineOptions extends Omit<TabSettings, "chance" | "salt"> {
  readonly module: WebAssembly.Module;
  /** Gives numbers from 0 to 1. */
  readonly random: () => number;
  /** Gives a worker that runs `tab-worker.ts` and has said so. */
  readonly startWorker: () => Promise<Worker>;
}

/** So long a worker may take to let go of everything; then it is ended as it is. */
const CLOSE_MS = 2_000;
/** A worker that broke down is followed by another after this long. */
const RESTART_MS = 1_000;

/** From a page through its dedicated worker to the tab that leads, whichever that is. */
export class TabLine implements Line {
  readonly mode = "indexeddb";
  readonly clock: PageClock;
  readonly #options: TabLineOptions;
  readonly #calls = new PageCalls(newId());
  readonly #hearts = new Map<WorkerId, PageHeart>();
  readonly #listeners = new Set<{ readonly listener: () => void; readonly what: Watched }>();
  readonly #open = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #awayness: Disposable;
  /** Undefined while the page is put away, and until the worker runs. */
  #worker: Worker | undefined;
  /** Counts the workers: one that starts late may find that another is wanted by now. */
  #generation = 0;
  #salt: number | undefined;
  #isShared = false;
  #closing: Promise<void> | undefined;
  /** Why it cannot be used any more. */
  #end: StoreError | undefined;

  private constructor(options: TabLineOptions) {
    this.#options = options;
    this.clock = new PageClock(
      (inMs) => this.#post({ kind: "wake", inMs }),
      () => globalThis.document?.visibilityState === "hidden",
    );
    this.#awayness = whenPutAway({
      onAway: () => this.#stopWorker(),
      onBack: () => void this.#startWorker(),
      onVisibility: () => this.clock.visibilityChanged(),
    });
  }

  /** Resolves once some tab leads, and rejects if this one should and cannot. */
  static async open(options: TabLineOptions): Promise<TabLine> {
    const line = new TabLine(options);
    try {
      await Promise.all([line.#startWorker(true), line.#open.promise]);
      return line;
    } catch (error) {
      line.#letGo(new StoreClosed("the store could not be opened; open it anew"));
      throw error;
    }
  }

  get salt(): number {
    return this.#salt ?? Number.NaN;
  }

  get isShared(): boolean {
    return this.#isShared;
  }

  call(method: Method, args: readonly unknown[]): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return this.#calls.make(method, args, (call) => this.#post({ kind: "call", call }));
  }

  heart(worker: WorkerId, options: HeartOptions): Heart {
    const heart = new PageHeart(
      worker,
      options,
      (message) => this.#post(message),
      () => this.#hearts.delete(worker),
    );
    this.#hearts.set(worker, heart);
    return heart;
  }

  watch(listener: () => void, what: Watched): Disposable {
    const entry = { listener, what };
    this.#listeners.add(entry);
    return { [Symbol.dispose]: () => void this.#listeners.delete(entry) };
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const closed = new StoreClosed("the store was closed; open another to go on");
    if (this.#end === undefined && this.#worker !== undefined) {
      this.#end = closed;
      this.#post({ kind: "close" });
      const giveUp = setTimeout(() => this.#closed.resolve(), CLOSE_MS);
      await this.#closed.promise;
      clearTimeout(giveUp);
    }
    const lost =
      "the store was closed before there was an answer, and what was asked may be done; look at the jobs before you try again";
    this.#letGo(closed, new AnswerLost(lost));
  }

  async #startWorker(isFirst = false): Promise<void> {
    const generation = ++this.#generation;
    const isOutdated = () => generation !== this.#generation || this.#end !== undefined;
    try {
      const worker = await this.#options.startWorker();
      if (isOutdated()) return worker.terminate();
      this.#begin(worker);
    } catch (error) {
      if (isFirst) throw error;
      if (!isOutdated()) setTimeout(() => !isOutdated() && void this.#startWorker(), RESTART_MS);
    }
  }

  #begin(worker: Worker): void {
    const { module, name, table, random } = this.#options;
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<ToPage>) => {
      if (worker === this.#worker) this.#hear(data);
    };
    worker.onerror = () => {
      if (worker === this.#worker) this.#replaceWorker();
    };
    this.#post({ kind: "open", module, name, table, chance: random(), salt: this.#salt });
    for (const call of this.#calls.pending) this.#post({ kind: "call", call });
    for (const heart of this.#hearts.values()) heart.start();
    this.clock.visibilityChanged();
  }

  /** It broke down, or could not begin. */
  #replaceWorker(): void {
    this.#stopWorker();
    setTimeout(() => this.#worker ?? void this.#startWorker(), RESTART_MS);
  }

  /** The browser then frees its locks, so that others go on at once. */
  #stopWorker(): void {
    this.#generation++;
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #hear(message: ToPage): void {
    switch (message.kind) {
      case "open":
        return this.#knowData(message);
      case "refused":
        if (this.#salt !== undefined) return this.#replaceWorker();
        return this.#open.reject(errorFrom(message.error));
      case "answer":
        return this.#calls.answer(message.call, message);
      case "beaten":
        return this.#hearts.get(message.worker)?.hear(message.answer);
      case "bell":
        for (const { listener, what } of Array.from(this.#listeners))
          if (what === message.what) listener();
        return;
      case "wake":
        return this.clock.wake();
      case "closed":
        return this.#closed.resolve();
      case "here":
    }
  }

  #knowData({ salt, isShared }: ToPage & { kind: "open" }): void {
    if (this.#salt !== undefined && this.#salt !== salt)
      return this.#letGo(
        new StoreReplaced(
          `the data of the queue "${this.#options.name}" were deleted, and others are in their place; open the store ` +
            "anew, or reload the page",
        ),
      );
    this.#salt = salt;
    this.#isShared = isShared;
    this.#open.resolve();
  }

  /** `lost` is told to those who may have written. */
  #letGo(reason: StoreError, lost = reason): void {
    this.#end ??= reason;
    this.#stopWorker();
    this.#awayness[Symbol.dispose]();
    this.#listeners.clear();
    this.#calls.rejectAll(reason, lost);
  }

  #post(message: FromPage): void {
    this.#worker?.postMessage(message);
  }
}
