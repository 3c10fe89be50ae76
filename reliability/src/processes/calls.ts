import { StoreError } from "@turno/core";
import type { Call, EnqueuedAs, HandedIn } from "@turno/testkit";
import type { HistoryFile } from "../history/history-file.ts";
import type { Wanted } from "./mix-of.ts";
import type { ReliabilityQueue } from "./open-queue.ts";

/** Calls the queue, and writes down each call before it is made and what came of it. */
export class Calls {
  readonly #queue: ReliabilityQueue;
  readonly #history: HistoryFile;
  readonly #name: string;
  readonly #underWay = new Set<Promise<unknown>>();
  #count = 0;

  constructor(queue: ReliabilityQueue, history: HistoryFile, name: string) {
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
    const does = { name: "enqueue", jobs: items.map(handedIn) } as const;
    const added: string[] = [];
    await this.#call(does, async () => {
      const enqueued = await this.#enqueue(items);
      for (const one of enqueued) if (one.added) added.push(one.id);
      return enqueued;
    });
    return added;
  }

  /** Cancels the job, if there is one; never rejects. */
  async cancel(id: string | undefined): Promise<void> {
    if (id === undefined) return;
    await this.#call({ name: "cancel", id }, () => this.#queue.cancel(id as never));
  }

  async #enqueue(items: readonly Wanted[]): Promise<readonly EnqueuedAs[]> {
    const [only] = items;
    if (only === undefined || items.length > 1) return this.#queue.enqueueMany(items);
    const { type, payload, ...options } = only;
    return [await this.#queue.enqueue(type, payload, options)];
  }

  #call(does: Call, make: () => Promise<readonly EnqueuedAs[] | boolean>): Promise<void> {
    const call = `${this.#name}-${++this.#count}`;
    this.#history.write({ kind: "invoke", call, does });
    const made = make().then(
      (answer) => this.#acknowledged(call, answer),
      (error: unknown) => this.#refused(call, error),
    );
    this.#underWay.add(made);
    return made.finally(() => this.#underWay.delete(made));
  }

  #acknowledged(call: string, answer: readonly EnqueuedAs[] | boolean): void {
    const ok =
      typeof answer === "boolean"
        ? { kind: "ok" as const, call, did: answer }
        : {
            kind: "ok" as const,
            call,
            enqueued: answer.map(({ id, added }) => ({ id, added })),
          };
    this.#history.write(ok);
  }

  /** A store that refuses has done nothing, by its contract, unless it is its answer that was lost. */
  #refused(call: string, error: unknown): void {
    const isRefused = error instanceof StoreError && error.code !== "AnswerLost";
    const kind = isRefused ? "fail" : "info";
    this.#history.write({ kind, call, error: String(error) });
  }
}

function handedIn(wanted: Wanted): HandedIn {
  const { type, payload, priority = 0, delayMs = 0, maxAttempts, uniqueKey, timeoutMs } = wanted;
  const text = JSON.stringify(payload);
  const job = { type, payload: text, priority, delayMs, maxAttempts, uniqueKey, timeoutMs };
  return job;
}
