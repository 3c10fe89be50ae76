import { setTimeout as sleep } from "node:timers/promises";
import { KeyTaken, StoreError } from "@turno/core";
import type { Call, EnqueuedAs, HandedIn } from "@turno/testkit";
import type { HistoryFile } from "../history/history-file.ts";
import type { Wanted } from "./mix-of.ts";
import type { ReliabilityQueue } from "./open-queue.ts";

/** How a history tells that a retry was refused, before the id of the job that holds the key. */
export const KEY_TAKEN = "KeyTaken by ";

/** What a call comes to: done, refused, or nobody knows. */
type CameTo = "ok" | "fail" | "info";

const AGAIN_MS = 50;

/** Calls the queue, and writes down each call before it is made and what came of it. */
export class Calls {
  readonly #queue: ReliabilityQueue;
  readonly #history: HistoryFile;
  readonly #name: string;
  readonly #sendsAgain: boolean;
  readonly #underWay = new Set<Promise<unknown>>();
  #count = 0;

  /** With `sendsAgain` what was not answered and has keys that stay is sent again until it is answered or refused. */
  constructor(queue: ReliabilityQueue, history: HistoryFile, name: string, sendsAgain = false) {
    this.#sendsAgain = sendsAgain;
    this.#queue = queue;
    this.#history = history;
    this.#name = name;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** Resolves when all calls so far have come to something. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Resolves with the ids of the jobs that were added; never rejects. */
  async enqueue(items: readonly Wanted[]): Promise<string[]> {
    const answers = await this.enqueueTold(items);
    return answers.filter(({ added }) => added).map(({ id }) => id);
  }

  /** Resolves with what was told of each, which is nothing where the call was refused; never rejects. */
  async enqueueTold(items: readonly Wanted[]): Promise<readonly EnqueuedAs[]> {
    const does = { name: "enqueue", jobs: items.map(handedIn) } as const;
    let told: readonly EnqueuedAs[] = [];
    const enqueue = async () => (told = await this.#enqueue(items));
    const isKeyed = items.every(({ uniqueUntil }) => uniqueUntil === "pruned");
    while ((await this.#call(does, enqueue)) === "info" && this.#sendsAgain && isKeyed)
      await sleep(AGAIN_MS);
    return told;
  }

  /** Cancels the job, if there is one; never rejects. */
  async cancel(id: string | undefined): Promise<void> {
    if (id === undefined) return;
    await this.#call({ name: "cancel", id }, () => this.#queue.cancel(id as never));
  }

  /** Retries the job, if there is one; never rejects. */
  async retry(id: string | undefined): Promise<void> {
    if (id === undefined) return;
    await this.#call({ name: "retry", id }, () => this.#queue.retry(id as never));
  }

  /** Deletes what has been finished for longer than the queue keeps it; never rejects. */
  async prune(): Promise<void> {
    await this.#call({ name: "prune" }, async () => (await this.#queue.prune()) > 0);
  }

  async #enqueue(items: readonly Wanted[]): Promise<readonly EnqueuedAs[]> {
    const [only] = items;
    if (only === undefined || items.length > 1) return this.#queue.enqueueMany(items);
    const { type, payload, ...options } = only;
    return [await this.#queue.enqueue(type, payload, options)];
  }

  #call(does: Call, make: () => Promise<readonly EnqueuedAs[] | boolean>): Promise<CameTo> {
    const call = `${this.#name}-${++this.#count}`;
    this.#history.write({ kind: "invoke", call, does });
    const made = make().then(
      (answer) => this.#acknowledged(call, answer),
      (error: unknown) => this.#refused(call, error),
    );
    this.#underWay.add(made);
    return made.finally(() => this.#underWay.delete(made));
  }

  #acknowledged(call: string, answer: readonly EnqueuedAs[] | boolean): CameTo {
    const ok =
      typeof answer === "boolean"
        ? { kind: "ok" as const, call, did: answer }
        : {
            kind: "ok" as const,
            call,
            enqueued: answer.map(({ id, added }) => ({ id, added })),
          };
    this.#history.write(ok);
    return "ok";
  }

  /** A store that refuses has done nothing, by its contract, unless it is its answer that was lost. */
  #refused(call: string, error: unknown): CameTo {
    const isRefused = error instanceof StoreError && error.code !== "AnswerLost";
    const isTaken = error instanceof KeyTaken;
    const kind = isRefused || isTaken ? "fail" : "info";
    const text = isTaken ? KEY_TAKEN + error.holder : String(error);
    this.#history.write({ kind, call, error: text });
    return kind;
  }
}

function handedIn(wanted: Wanted): HandedIn {
  const { type, payload, priority = 0, delayMs = 0, maxAttempts } = wanted;
  const { uniqueKey, uniqueUntil, timeoutMs } = wanted;
  const text = JSON.stringify(payload);
  const unique = { uniqueKey, uniqueUntil };
  return { type, payload: text, priority, delayMs, maxAttempts, ...unique, timeoutMs };
}
