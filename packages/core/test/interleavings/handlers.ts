import { Fatal, RetryAfter, Snooze } from "@turno/core";
import { after } from "../after.ts";
import type { ManualClock } from "../manual-clock.ts";
import type { Hands } from "./hands.ts";
import type { Claimed, Payload } from "./jobs.ts";
import type { Producers } from "./producers.ts";
import type { Run, WatchedWorker } from "./watched-worker.ts";
import type { Act, HandSettling } from "./step.ts";

interface HandlersOptions {
  readonly clock: ManualClock;
  readonly moment: (label: string) => Promise<unknown>;
  readonly producers: Producers;
  readonly hands: Hands;
}

const CHILD = { type: "plain", plan: [], delayMs: 0, priority: 0, uniqueKey: undefined } as const;

/** Do in each run of a job what its plan says. */
export class Handlers {
  readonly #options: HandlersOptions;
  readonly #runsOf = new Map<string, number>();
  readonly #unending: (() => void)[] = [];
  #everyoneEnds = false;

  constructor(options: HandlersOptions) {
    this.#options = options;
  }

  async handle(worker: WatchedWorker, job: Claimed): Promise<unknown> {
    const before = this.#runsOf.get(job.id) ?? 0;
    this.#runsOf.set(job.id, before + 1);
    const act = (job.payload as Payload).plan[before] ?? "return";
    const isBlind = act === "wait without looking at the signal" || act === "return";
    const run = worker.start(job, act, job.type === "checked" || !isBlind);
    try {
      return await this.#perform(act, run, worker.queue);
    } finally {
      worker.end(run);
    }
  }

  /** From now on no handler waits for an end that does not come. */
  endAll(): void {
    this.#everyoneEnds = true;
    for (const end of this.#unending) end();
  }

  async #perform(act: Act, run: Run, queue: number): Promise<unknown> {
    const { clock, producers } = this.#options;
    switch (act) {
      case "return":
        return 1;
      case "throw":
        throw new Error("thrown");
      case "be fatal":
        throw new Fatal("fatal");
      case "snooze":
        throw new Snooze({ delayMs: 30 });
      case "retry after":
        throw new RetryAfter(10);
      case "return what cannot be stored":
        return 1n;
      case "wait":
      case "wait without looking at the signal":
        return this.#moments(4);
      case "wait for time":
        return after(clock, 50);
      case "end when aborted":
        await this.#unendingly(run.job.signal);
        throw new Error("aborted");
      case "never end":
        return this.#unendingly();
      case "complete by hand":
        return this.#byHand("complete", run, queue);
      case "complete by hand, not waiting":
        void this.#byHand("complete", run, queue);
        return 1;
      case "release by hand":
        await this.#byHand("release", run, queue);
        return this.#moments(2);
      case "fail by hand, then throw":
        await this.#byHand("fail", run, queue);
        throw new Error("late");
      case "cancel itself":
        producers.change("cancel", queue, run.job.id);
        return this.#moments(3);
      case "enqueue another":
        return producers.enqueue(queue, CHILD);
    }
  }

  async #moments(count: number): Promise<number> {
    for (let at = 0; at < count; at++) await this.#options.moment("handler");
    return 1;
  }

  async #byHand(how: HandSettling, run: Run, queue: number): Promise<number> {
    run.byHand = true;
    await this.#options.hands.settle({ ...run, queue }, how);
    return 1;
  }

  async #unendingly(signal?: AbortSignal): Promise<number> {
    if (!this.#everyoneEnds)
      await new Promise<void>((resolve) => {
        this.#unending.push(resolve);
        signal?.addEventListener("abort", () => resolve());
      });
    return 1;
  }
}
