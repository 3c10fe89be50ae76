import { type Queue, TurnoError } from "@turno/core";
import type { Call, EnqueuedAs, Happening } from "../history/event.ts";
import { codeOf } from "./code-of.ts";
import { type Jobs, timeoutMsOf } from "./jobs.ts";
import type { Process } from "./process.ts";
import type { Type, Wish } from "./script.ts";
import type { World } from "./world.ts";

export interface RequestsOptions {
  readonly world: World;
  readonly queue: Queue<Jobs>;
  readonly process: Process;
  readonly note: (happening: Happening) => void;
  readonly onError: (error: unknown) => void;
}

interface Given {
  readonly enqueued?: readonly EnqueuedAs[];
}

/** Why a call may be refused. */
const REFUSALS = new Set(["StoreBusy", "StoreFull", "AnswerLost", "KeyTaken", "QueueClosed"]);

/** A store that is busy for less than this is none that a caller hears of. */
const BUSY_MS = 30_000;

/** What users of a queue ask of it, and how they are answered. */
export class Requests {
  readonly #world: World;
  readonly #queue: Queue<Jobs>;
  readonly #process: Process;
  readonly #note: (happening: Happening) => void;
  readonly #onError: (error: unknown) => void;
  /** What was not answered yet. */
  readonly open = new Set<string>();

  constructor({ world, queue, process, note, onError }: RequestsOptions) {
    this.#world = world;
    this.#queue = queue;
    this.#process = process;
    this.#note = note;
    this.#onError = onError;
  }

  enqueue(wishes: readonly Wish[]): void {
    const items = wishes.map((wish) => this.#world.itemOf(wish));
    const handedIn = items.map(({ payload, ...item }) => ({
      ...item,
      payload: JSON.stringify(payload),
      timeoutMs: timeoutMsOf(item.type),
    }));
    this.#make({ name: "enqueue", jobs: handedIn }, async () => {
      const enqueued = await this.#enqueue(items);
      for (const [index, one] of enqueued.entries())
        this.#world.enqueued(one, handedIn[index]?.payload ?? "");
      return { enqueued };
    });
  }

  change(how: "cancel" | "retry", pick: number): void {
    const id = this.#world.pickId(pick);
    if (id === undefined) return;
    const { diary, ledger } = this.#world;
    this.#make({ name: how, id }, async () => {
      const changed = await this.#queue[how](id);
      if (changed && how === "cancel" && !ledger.book.wasEver(id, "cancelled"))
        diary.accuse("what is said to be cancelled is", id);
      return {};
    });
  }

  /** For who judges, a job that is put off may be started from now on: what counts is that it was asked for. */
  reschedule(pick: number, inMs: number): void {
    const id = this.#world.pickId(pick);
    if (id === undefined) return;
    const runAt = this.#process.clock.now() + inMs;
    this.#make({ name: "retry", id }, async () => {
      await this.#queue.reschedule(id, runAt);
      return {};
    });
  }

  prune(): void {
    this.#make({ name: "prune" }, async () => {
      await this.#queue.prune();
      return {};
    });
  }

  pause(how: "pause" | "resume", type: Type): void {
    this.#queue[how](type).catch((error: unknown) => this.#onError(error));
  }

  async result(pick: number): Promise<void> {
    const id = this.#world.pickId(pick);
    if (id === undefined) return;
    const { diary } = this.#world;
    const name = `result of ${id}`;
    diary.met("a result was awaited");
    this.open.add(name);
    const ended = await this.#queue.result(id).then(() => "completed" as const, codeOf);
    this.open.delete(name);
    if (!this.#hasEnded(id, ended))
      diary.accuse("result tells how the job ended", `${id} is said to be ${ended}`);
  }

  async #enqueue(items: readonly ReturnType<World["itemOf"]>[]) {
    const [first] = items;
    if (first === undefined || items.length > 1) return this.#queue.enqueueMany(items);
    const { type, payload, ...options } = first;
    return [await this.#queue.enqueue(type, payload, options)];
  }

  #hasEnded(id: string, how: string): boolean {
    const { book } = this.#world.ledger;
    switch (how) {
      case "completed":
        return book.wasEver(id, "completed");
      case "JobDead":
        return book.wasEver(id, "dead");
      case "JobCancelled":
        return book.wasEver(id, "cancelled");
      case "JobGone":
        return book.get(id) === undefined;
      default:
        return REFUSALS.has(how);
    }
  }

  #make(does: Call, call: () => Promise<Given>): void {
    const { timeline } = this.#world;
    const name = this.#world.nextCall();
    const startedAt = timeline.now;
    this.open.add(name);
    this.#note({ kind: "invoke", call: name, does });
    call().then(
      ({ enqueued }) => {
        this.open.delete(name);
        this.#note({ kind: "ok", call: name, ...(enqueued && { enqueued }) });
      },
      (error: unknown) => {
        this.open.delete(name);
        this.#refused(name, error, timeline.now - startedAt);
      },
    );
  }

  #refused(call: string, error: unknown, afterMs: number): void {
    const code = codeOf(error);
    const isExpected = error instanceof TurnoError && REFUSALS.has(code);
    if (!isExpected) this.#onError(error);
    if (code === "StoreBusy" && afterMs < BUSY_MS)
      this.#world.diary.accuse("a busy store is waited for", `${call}: for ${afterMs} ms only`);
    this.#note({ kind: code === "AnswerLost" ? "info" : "fail", call, error: code });
  }
}
