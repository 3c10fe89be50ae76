import type { Scheduler } from "fast-check";
import { fresh } from "../fresh.ts";
import { turns } from "../turns.ts";
import { shown } from "./history.ts";
import { TYPES } from "./step.ts";
import type { World } from "./world.ts";

/** After the steps: the store recovers, time passes, and everything has to come to its end. */
export class Ending {
  readonly #s: Scheduler;
  readonly #world: World;
  readonly #isCalm: boolean;

  constructor(s: Scheduler, world: World, isCalm: boolean) {
    this.#s = s;
    this.#world = world;
    this.#isCalm = isCalm;
  }

  async letEnd(): Promise<void> {
    const { workers, calls, trouble } = this.#world;
    const stoppedEarly = workers.filter(({ isStopping }) => isStopping);
    this.#begin("the store recovers");
    trouble.end();
    this.#world.keepNobodyWaiting();
    await this.#until("every call is answered", () => calls.open.size === 0);
    this.#resume();
    await this.#pass(1_000);
    for (const worker of workers) if (!worker.isStopping) worker.checkAborted();
    await this.#finishWork();
    this.#begin("the queues close");
    for (const queue of this.#world.queues.keys()) this.#world.close(queue);
    await this.#until("both are closed", () => calls.open.size === 0);
    for (const worker of workers)
      if (this.#isCalm || !stoppedEarly.includes(worker)) worker.checkTold();
    if (this.#isCalm) this.#checkNothingLeft();
    await this.#workHealthily();
  }

  #resume(): void {
    const { memory, pauses, workers } = this.#world;
    for (const type of TYPES) {
      memory.pause({ type, paused: false });
      for (const { queue, isStopping } of workers) if (!isStopping) pauses.resume(queue, type);
    }
  }

  async #finishWork(): Promise<void> {
    const { handlers, hands, workers } = this.#world;
    this.#begin("handlers end");
    handlers.endAll();
    hands.releaseAll();
    if (workers.some(({ isStopping }) => !isStopping))
      await this.#until("the workers that are left have done all", () => this.#isDone());
  }

  /** Where nothing went wrong, nothing is left to those who look after what others left. */
  #checkNothingLeft(): void {
    const { memory, history } = this.#world;
    if (memory.workers().length > 0) history.accuse("a worker has not left");
    for (const job of memory.list({ limit: 1_000 })) {
      if (job.state === "running") history.accuse(`${shown(job)} was not given back`);
      if (job.failures.some(({ kind }) => kind === "abandoned"))
        history.accuse(`${shown(job)} was abandoned, though nothing went wrong`);
    }
  }

  async #workHealthily(): Promise<void> {
    const { history, clock, memory, jobs } = this.#world;
    this.#begin("a healthy worker does what is left");
    const between = (method: string, call: () => unknown, write: never) => {
      const committed = call();
      if (method === "commit") history.wrote(write, committed as never);
      return committed;
    };
    const { queue } = fresh({ jobs, clock, memory, between });
    const handler = () => 1;
    const worker = queue.work(
      { plain: handler, limited: handler, checked: handler },
      { leaseMs: 300 },
    );
    worker.on("error", ({ error }) => history.accuse(`the healthy worker: ${String(error)}`));
    await this.#until("every job has come to its end", () => this.#isDone());
    let isClosed = false;
    void queue.close().then(() => (isClosed = true));
    await this.#until("its queue is closed", () => isClosed);
    await this.#pass(60_000, 30_000);
    if (clock.timers > 0) history.accuse(`${clock.timers} timers are left`);
  }

  #begin(what: string): void {
    this.#world.history.note(`== ${what}`);
  }

  #isDone(): boolean {
    const { pending, failed, running } = this.#world.memory.counts();
    return pending + failed + running === 0;
  }

  async #until(what: string, condition: () => boolean): Promise<void> {
    const { clock, history, calls } = this.#world;
    const end = clock.monotonic() + 40_000;
    await this.#idle();
    while (!condition() && clock.monotonic() < end) await this.#pass(50);
    if (!condition()) history.accuse(`it never came about that ${what} ${[...calls.open].join()}`);
  }

  async #pass(ms: number, stepMs = 50): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await this.#world.clock.advance(stepMs);
      await this.#idle();
    }
  }

  /** Until nothing is left that the scheduler could pick. */
  async #idle(): Promise<void> {
    for (await turns(4); this.#s.count() > 0; await turns(4)) await this.#s.waitNext(1);
  }
}
