import { MemoryStore, type Queue, QueueClosed, type WorkerOptions } from "@turno/core";
import type { Scheduler } from "fast-check";
import type { Between } from "../around.ts";
import { fresh } from "../fresh.ts";
import { ManualClock } from "../manual-clock.ts";
import { Calls } from "./calls.ts";
import { Handlers } from "./handlers.ts";
import { Hands } from "./hands.ts";
import { History } from "./history.ts";
import { type Claimed, type Jobs, jobsWith } from "./jobs.ts";
import { lateStore } from "./late-store.ts";
import { Pauses } from "./pauses.ts";
import { Producers } from "./producers.ts";
import { ABORT_MS, WatchedWorker } from "./watched-worker.ts";
import type { Scenario, Step, Type } from "./step.ts";
import { Trouble } from "./trouble.ts";

/** Stands between the late store and the memory below it, and may break what a store promises. */
export type Spoil = (between: Between) => Between;

const LIMITS: readonly Pick<WorkerOptions<Type>, "concurrency" | "concurrencyOf">[] = [
  { concurrency: 1 },
  { concurrency: 3, concurrencyOf: { limited: 1 } },
  { concurrency: 2, concurrencyOf: { plain: 1, checked: 1 } },
  { concurrency: 4 },
];
const LEASE_MS = 300;
const TIMES = { leaseMs: LEASE_MS, pollMs: 100, graceMs: 50, abortMs: ABORT_MS };

/** Two queues, each like a process of its own, over one store; those who use them, and what happens to them. */
export class World {
  readonly history = new History();
  readonly clock = new ManualClock();
  readonly memory = new MemoryStore({ random: () => 0.25 });
  readonly calls = new Calls(this.history);
  readonly workers: WatchedWorker[] = [];
  readonly jobs: Jobs;
  readonly queues: readonly Queue<Jobs>[];
  readonly producers: Producers;
  readonly hands: Hands;
  readonly pauses: Pauses;
  readonly handlers: Handlers;
  readonly trouble: Trouble;
  readonly #isCalm: boolean;
  readonly #isClosing = [false, false];
  readonly #keptWaiting = new Map<string, PromiseWithResolvers<void>>();

  constructor(s: Scheduler, { outages, atOnce, commitsAtOnce, isCalm }: Scenario, spoil: Spoil) {
    const { history, clock, memory, calls } = this;
    const moment = async (label: string) => {
      await s.schedule(Promise.resolve(), label);
      await this.#keptWaiting.get(label)?.promise;
    };
    this.#isCalm = isCalm;
    this.trouble = new Trouble(outages);
    this.jobs = jobsWith(() => moment("check"));
    this.queues = this.#isClosing.map(() => {
      const between = lateStore({
        moment,
        atOnce: new Set(atOnce),
        trouble: (method, { claim }) =>
          method === "close" ? undefined : this.trouble.next(claim !== undefined),
        onWritten: (write, committed) => history.wrote(write, committed),
      });
      const options = { jobs: this.jobs, clock, memory, leaseMs: LEASE_MS, commitsAtOnce };
      const { queue } = fresh({ ...options, between: spoil(between) });
      queue.on("error", ({ error }) => history.note(`queue error: ${String(error)}`));
      return queue;
    });
    this.producers = new Producers(this.queues, calls, history);
    this.hands = new Hands(this.queues, calls, history);
    this.pauses = new Pauses(this.queues, calls);
    const { producers, hands } = this;
    this.handlers = new Handlers({ clock, moment, producers, hands });
  }

  /** Takes the step; resolves at once, but for time that passes. */
  async take(step: Step): Promise<void> {
    switch (step.do) {
      case "enqueue":
        return this.producers.enqueue(step.queue, step.wish);
      case "enqueue many":
        return this.producers.enqueueMany(step.queue, step.wishes);
      case "cancel":
      case "retry": {
        const id = this.producers.pick(step.pick);
        return id === undefined ? undefined : this.producers.change(step.do, step.queue, id);
      }
      case "pause":
      case "resume":
        return this.pauses[step.do](step.queue, step.type);
      case "claim":
        return this.hands.claim(step.queue, step.limit);
      case "settle":
        return this.hands.settleOne(step.pick, step.how);
      case "work":
        return this.#work(step.queue, step.kind);
      case "stop":
        return this.#stop(step.pick, step.graceMs);
      case "close":
        return this.close(step.queue);
      case "let time pass":
        this.history.note(`${step.ms} ms pass`);
        return this.clock.advance(step.ms);
      case "set the wall clock":
        return this.clock.jump(step.ms);
      case "give up a worker":
        return this.#giveUp(step.pick);
      case "keep waiting":
        for (const label of [step.method, `${step.method} answers`])
          if (!this.#keptWaiting.has(label))
            this.#keptWaiting.set(label, Promise.withResolvers<void>());
        return;
      case "keep nobody waiting":
        return this.keepNobodyWaiting();
    }
  }

  close(queue: number): void {
    this.#isClosing[queue] = true;
    for (const worker of this.workers) if (worker.queue === queue) worker.isStopping = true;
    void this.calls.make(`close ${queue}`, () => this.queues[queue]!.close());
  }

  keepNobodyWaiting(): void {
    for (const { resolve } of this.#keptWaiting.values()) resolve();
    this.#keptWaiting.clear();
  }

  #work(queue: number, kind: number): void {
    const { history, clock, workers: all } = this;
    const limits = LIMITS[kind]!;
    history.note(`work ${JSON.stringify(limits)} on ${queue}`);
    const handler = (job: unknown) => this.handlers.handle(watched, job as Claimed);
    const handlers = { plain: handler, limited: handler, checked: handler } as never;
    const worker = this.#startWorker(queue, handlers, limits);
    if (worker === undefined) return;
    const isPaused = (type: Type) => this.pauses.isPaused(queue, type);
    const isCalm = this.#isCalm;
    const watched = new WatchedWorker(worker, {
      queue,
      limits,
      history,
      clock,
      isPaused,
      isCalm,
      all,
    });
    all.push(watched);
  }

  /** None where the queue is closing. */
  #startWorker(queue: number, handlers: never, limits: (typeof LIMITS)[number]) {
    try {
      return this.queues[queue]!.work(handlers, { ...TIMES, ...limits });
    } catch (error) {
      if (error instanceof QueueClosed && this.#isClosing[queue]) return undefined;
      throw error;
    }
  }

  #stop(pick: number, graceMs: number): void {
    const worker = this.workers[pick % this.workers.length];
    if (worker === undefined) return;
    void this.calls.make("stop", () => worker.stop(graceMs), {
      refused: (error) => this.history.accuse(`stop was refused with ${String(error)}`),
    });
  }

  /** As another process would that saw it silent for too long. */
  #giveUp(pick: number): void {
    const workers = this.memory.workers();
    const worker = workers[pick % workers.length];
    if (worker === undefined) return;
    this.history.note(`  worker ${worker.id} is given up`);
    this.memory.leave(worker.id);
  }
}
