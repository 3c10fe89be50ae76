import type { Job, Queue } from "@turno/core";
import type { Calls } from "./calls.ts";
import { type History, isRetry, shown } from "./history.ts";
import type { Jobs, Payload } from "./jobs.ts";
import type { Wish } from "./step.ts";

interface Wanted {
  readonly wish: Wish;
  readonly payload: Payload;
  fate: "asked" | "added" | "held" | "refused";
  id: string | undefined;
}

type Change = "cancel" | "retry";

/** Enqueue, cancel and retry, and hold the store to the answers they got. */
export class Producers {
  readonly #queues: readonly Queue<Jobs>[];
  readonly #calls: Calls;
  readonly #history: History;
  readonly #wanted: Wanted[] = [];
  readonly #ids: string[] = [];
  readonly #changed: Record<Change, string[]> = { cancel: [], retry: [] };

  constructor(queues: readonly Queue<Jobs>[], calls: Calls, history: History) {
    this.#queues = queues;
    this.#calls = calls;
    this.#history = history;
  }

  enqueue(queue: number, wish: Wish): void {
    const wanted = this.#want(wish);
    const { payload } = wanted;
    const { type, plan: _, ...options } = wish;
    void this.#calls.make(
      `enqueue ${JSON.stringify(wish)} as ${payload.n}`,
      () => this.#queues[queue]!.enqueue(type, payload, options),
      {
        given: (given) => this.#acknowledged(wanted, given),
        refused: () => (wanted.fate = "refused"),
      },
    );
  }

  enqueueMany(queue: number, wishes: readonly Wish[]): void {
    const wanted = wishes.map((wish) => this.#want(wish));
    const items = wanted.map(({ wish: { plan: _, ...item }, payload }) => ({ ...item, payload }));
    void this.#calls.make(
      `enqueue many ${JSON.stringify(items)}`,
      () => this.#queues[queue]!.enqueueMany(items),
      {
        given: (given) => given.forEach((one, index) => this.#acknowledged(wanted[index]!, one)),
        refused: () => wanted.forEach((one) => (one.fate = "refused")),
      },
    );
  }

  /** One of the jobs that were added, if any was. */
  pick(pick: number): string | undefined {
    return this.#ids[pick % this.#ids.length];
  }

  change(what: Change, queue: number, id: string): void {
    void this.#calls.make(`${what} ${id.slice(-3)}`, () => this.#queues[queue]![what](id), {
      given: (did) => did && this.#changed[what].push(id),
    });
  }

  /** What is stored in the end is what was acknowledged. */
  check(stored: readonly Job[]): void {
    const byNumber = new Map(stored.map((job) => [(JSON.parse(job.payload) as Payload).n, job]));
    for (const { payload, fate, id } of this.#wanted) {
      const job = byNumber.get(payload.n);
      byNumber.delete(payload.n);
      if (fate === "added" && job?.id !== id)
        this.#history.accuse(`wish ${payload.n} was acknowledged, but is lost`);
      if (fate !== "added" && job !== undefined)
        this.#history.accuse(`wish ${payload.n} was ${fate}, but is stored`);
      if (job !== undefined && job.payload !== JSON.stringify(payload))
        this.#history.accuse(`the payload of ${shown(job)} has changed`);
    }
    for (const job of byNumber.values()) this.#history.accuse(`nobody wanted ${shown(job)}`);
    for (const job of stored) this.#checkChanges(job);
  }

  #checkChanges(job: Job): void {
    const isCancel = ({ state }: Job) => state === "cancelled";
    const counts = {
      cancel: this.#history.count(job.id, isCancel),
      retry: this.#history.count(job.id, isRetry),
    };
    for (const what of ["cancel", "retry"] as const) {
      const answers = this.#changed[what].filter((id) => id === job.id).length;
      if (answers !== counts[what])
        this.#history.accuse(
          `${shown(job)}: ${answers} said they did ${what}, ${counts[what]} did`,
        );
    }
  }

  #want(wish: Wish): Wanted {
    const payload = { n: this.#wanted.length + 1, plan: wish.plan };
    const wanted: Wanted = { wish, payload, fate: "asked", id: undefined };
    this.#wanted.push(wanted);
    return wanted;
  }

  #acknowledged(wanted: Wanted, { id, added }: { id: string; added: boolean }): void {
    wanted.id = id;
    wanted.fate = added ? "added" : "held";
    if (added) this.#ids.push(id);
    const { type, uniqueKey } = wanted.wish;
    const [first] = this.#history.of(id);
    if (first === undefined)
      this.#history.accuse(`enqueue answered with ${id}, which is not stored`);
    else if (first.type !== type || first.uniqueKey !== uniqueKey)
      this.#history.accuse(`enqueue answered with another job, ${shown(first)}`);
  }
}
