import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import {
  AnswerLost,
  type Bell,
  type Heart,
  type HeartOptions,
  StoreUnreachable,
  StoreUnsupported,
  type Watched,
  type WorkerId,
} from "@turno/core";
import { storeErrorOf } from "../connection/store-error-of.ts";
import { refuseNewerSchema } from "../schema/migrate.ts";
import type { PlainError, SessionData, SessionNews, SessionOrder } from "./session-messages.ts";

const RESTART_MS = 1_000;

/** No handler is given longer: a number of nanoseconds must fit into 64 bits. */
const LONGEST_SILENCE_MS = 2 ** 40;

interface Beating extends HeartOptions {
  readonly silentAt: BigInt64Array;
}

/** A store's session with the server, in a thread of its own: the beats of its workers, its sign of life, its bells. */
export class Life {
  readonly #data: SessionData;
  readonly #hearts = new Map<WorkerId, Beating>();
  readonly #listeners: Readonly<Record<Bell, Set<() => void>>> = {
    ready: new Set(),
    finished: new Set(),
  };
  #thread: Worker | undefined;
  #connected: PromiseWithResolvers<void> | undefined;
  #isHeld = false;
  #closed = false;

  constructor(data: SessionData) {
    this.#data = data;
  }

  /** The sign that the server holds for this store, once it does; undefined where it cannot. */
  async sign(): Promise<number | undefined> {
    if (!this.#data.stays) return undefined;
    this.#start();
    const thread = this.#thread;
    if (this.#connected !== undefined && thread !== undefined) {
      // Whoever waits keeps the process alive; the thread itself does not.
      thread.ref();
      await this.#connected.promise;
      thread.unref();
    }
    return this.#isHeld ? this.#data.sign : undefined;
  }

  heart(worker: WorkerId, options: HeartOptions): Heart {
    this.#start();
    const beating = { ...options, silentAt: new BigInt64Array(new SharedArrayBuffer(8)) };
    this.#hearts.set(worker, beating);
    this.#begin(worker, beating);
    return {
      silenceIn: (ms) =>
        void Atomics.store(beating.silentAt, 0, ms === undefined ? 0n : instantIn(ms)),
      stop: () => {
        if (this.#hearts.get(worker) !== beating) return;
        this.#hearts.delete(worker);
        this.#order({ kind: "rest", worker });
      },
    };
  }

  watch(listener: () => void, what: Watched): Disposable {
    if (what === "lost" || !this.#data.stays) return { [Symbol.dispose]() {} };
    this.#start();
    const listeners = this.#listeners[what];
    // A function may be given twice.
    const own = () => listener();
    listeners.add(own);
    return {
      [Symbol.dispose]() {
        listeners.delete(own);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const thread = this.#thread;
    if (thread === undefined) return;
    thread.ref();
    const exited = new Promise((resolve) => void thread.once("exit", resolve));
    this.#order({ kind: "end" });
    await exited;
  }

  #start(): void {
    if (this.#thread !== undefined || this.#closed) return;
    // Beside this file, in the sources as in the package.
    const program = new URL(`./session-thread${extname(import.meta.filename)}`, import.meta.url);
    // Without the process's own flags: what they load would be loaded here again.
    const thread = new Worker(program, {
      workerData: this.#data,
      execArgv: [],
      name: "turno-session",
    });
    this.#thread = thread;
    this.#connected = Promise.withResolvers();
    thread.unref();
    let cause: unknown;
    thread.on("message", (news: SessionNews) => this.#hear(news));
    thread.on("error", (error) => (cause = error));
    thread.on("exit", () => this.#onExit(cause));
  }

  #hear(news: SessionNews): void {
    switch (news.kind) {
      case "connected":
        this.#isHeld = news.held;
        this.#settleConnected();
        // What was rung meanwhile was missed.
        for (const bell of ["ready", "finished"] as const) this.#ring(bell);
        return;
      case "disconnected":
        this.#isHeld = false;
        return this.#settleConnected();
      case "bell":
        return this.#ring(news.bell);
      case "reply":
        return this.#hearReply(news);
      case "trouble":
        this.#order({ kind: "heard", worker: news.worker });
        this.#hearts.get(news.worker)?.onError(errorOf(news.error));
    }
  }

  #hearReply({ worker, reply, version }: Extract<SessionNews, { kind: "reply" }>): void {
    this.#order({ kind: "heard", worker });
    const heart = this.#hearts.get(worker);
    try {
      refuseNewerSchema(version, this.#data.schema);
      heart?.onReply(reply);
    } catch (error) {
      heart?.onError(error);
    }
  }

  #ring(bell: Bell): void {
    for (const listener of this.#listeners[bell]) listener();
  }

  #settleConnected(): void {
    this.#connected?.resolve();
    this.#connected = undefined;
  }

  #onExit(cause: unknown): void {
    this.#thread = undefined;
    this.#isHeld = false;
    this.#settleConnected();
    if (this.#closed) return;
    const error = new StoreUnsupported(
      "the thread in which workers beat ended; if @turno/store-postgres was bundled, leave it out of the bundle, since it " +
        "starts a thread from a file of its own",
      { cause },
    );
    for (const heart of this.#hearts.values()) heart.onError(error);
    setTimeout(() => this.#restart(), RESTART_MS).unref();
  }

  #restart(): void {
    if (this.#hearts.size === 0) return;
    this.#start();
    for (const [worker, beating] of this.#hearts) this.#begin(worker, beating);
  }

  #begin(worker: WorkerId, { everyMs, silentAt }: Beating): void {
    this.#order({ kind: "beat", worker, everyMs, silentAt });
  }

  #order(order: SessionOrder): void {
    this.#thread?.postMessage(order);
  }
}

function instantIn(ms: number): bigint {
  const clamped = Math.min(Math.max(ms, 0), LONGEST_SILENCE_MS);
  return process.hrtime.bigint() + BigInt(Math.round(clamped * 1_000_000));
}

function errorOf({ code, message }: PlainError): unknown {
  const error = Object.assign(new Error(message), { code });
  if (code === "StoreUnreachable")
    return new StoreUnreachable(`${message}; check that it runs and where`);
  const translated = storeErrorOf(error, true);
  // A beat that was not heard is made again, and is no write whose outcome anybody waits for.
  return translated instanceof AnswerLost
    ? new StoreUnreachable(`Postgres does not answer: ${message}; check that it runs and where`)
    : translated;
}
