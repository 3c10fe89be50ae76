import {
  type AnyClaimedJob,
  type SomeHandlers,
  type JobDefinitions,
  Queue,
  type Store,
  type Worker,
} from "@turno/core";
import type { SimulatedClock } from "../simulated-clock.ts";
import { Crashed } from "./crashed.ts";
import type { Rehearsal } from "./rehearsal.ts";
import type { RunInProgress, Script } from "./script.ts";
import { SimulatedProcess } from "./simulated-process.ts";
import { isThenable, watch } from "./watch.ts";

/** Short, so that others need not watch for long; no handler can tell. */
const LEASE_MS = 3_000;

/** A job that was pruned before the end could not be compared. */
const FOR_EVER = { completed: Infinity, cancelled: Infinity, dead: Infinity };

/** A process with a queue and a worker of its own, whose handlers meet with the faults of the script. */
export class Actor<D extends JobDefinitions, W, S extends Store> {
  readonly process: SimulatedProcess;
  /** The types it has handlers for. */
  readonly types: readonly string[];
  readonly #script: Script;
  readonly #worker: Worker<D>;
  readonly #runs = new Map<string, RunInProgress>();
  #errors: unknown[] = [];
  #run: RunInProgress | undefined;
  #stepsUnderWay = 0;

  constructor(
    rehearsal: Rehearsal<D, W, S>,
    {
      world,
      store,
      clock,
    }: { readonly world: W; readonly store: S; readonly clock: SimulatedClock },
    script: Script,
  ) {
    this.#script = script;
    this.process = new SimulatedProcess(clock);
    const queue = new Queue<D, S>({
      store: this.process.reach(store),
      jobs: rehearsal.jobs,
      clock: this.process.clock,
      retention: FOR_EVER,
      random: () => 0.5,
    });
    const tools = { queue: this.#watched({ queue }).queue, clock: this.process.clock };
    const handlers = rehearsal.handlers(this.#watched(world), tools);
    this.types = Object.keys(handlers);
    // One at a time: what happens is then the same each time.
    this.#worker = queue.work(this.#staged(handlers), { concurrency: 1, leaseMs: LEASE_MS });
    this.#follow(this.#worker);
  }

  /** The job whose handler runs, or stands still. */
  get job(): string | undefined {
    return this.#run?.id;
  }

  /** Whether a step has not given its answer yet. */
  get isInStep(): boolean {
    return this.#stepsUnderWay > 0;
  }

  /** Throws what its worker told that is no handler's failure. */
  check(): void {
    if (this.#errors.length > 0) throw this.#errors[0];
  }

  stop(): Promise<void> {
    return this.process.isAwake ? this.#worker.stop({ graceMs: 0 }) : Promise.resolve();
  }

  #watched<T>(value: T): T {
    return watch(value, {
      call: (name, invoke) => this.#step(name, invoke),
      maySet: () => !this.process.isDead,
    });
  }

  #staged(handlers: SomeHandlers<D>): SomeHandlers<D> {
    type AnyHandler = (job: AnyClaimedJob<D>) => unknown;
    const staged = Object.entries(handlers).map(([type, handler]) => [
      type,
      (job: AnyClaimedJob<D>) => this.#play(job, handler as unknown as AnyHandler),
    ]);
    return Object.fromEntries(staged) as SomeHandlers<D>;
  }

  async #play(
    job: AnyClaimedJob<D>,
    handler: (job: AnyClaimedJob<D>) => unknown,
  ): Promise<unknown> {
    const run = this.#script.beginRun(job);
    const number = this.#script.runs.length;
    this.#run = run;
    this.#runs.set(run.id, run);
    // Jobs that enqueue jobs need no turn of the event loop in between, so that nobody else could end that.
    if (this.#script.isEndless) this.process.kill();
    await this.process.awake();
    try {
      return await handler(job);
    } finally {
      await this.process.awake();
      const fault = this.#script.strike(run, "after", "run", number);
      if (fault === "crash") this.process.kill();
      if (fault === "lose lease") this.process.freeze();
      await this.process.awake();
      this.#run = undefined;
      this.#script.note();
    }
  }

  #step(name: string, invoke: () => unknown): unknown {
    const { process } = this;
    const canWait = this.#script.asynchronous.has(name);
    if (process.isDead) return this.#neverReturn(canWait);
    if (this.#run === undefined) return invoke();
    if (!process.isAwake && canWait) return process.awake().then(() => this.#step(name, invoke));
    return this.#take(name, this.#run, invoke, canWait);
  }

  #take(name: string, run: RunInProgress, invoke: () => unknown, canWait: boolean): unknown {
    const number = this.#script.beginStep(run, name);
    const before = this.#script.strike(
      run,
      "before",
      "step",
      number,
      ({ kind }) => kind === "crash" || canWait,
    );
    if (before === "crash") {
      this.process.kill();
      return this.#neverReturn(canWait);
    }
    if (before === undefined) return this.#carryOut(name, run, number, invoke);
    this.process.freeze();
    return this.process.awake().then(() => this.#carryOut(name, run, number, invoke));
  }

  /** Calls the method itself, and lets happen what is planned for after it. */
  #carryOut(name: string, run: RunInProgress, number: number, invoke: () => unknown): unknown {
    const given = invoke();
    const isPromise = isThenable(given);
    if (isPromise) this.#script.asynchronous.add(name);
    const can = ({ kind }: { readonly kind: string }) => kind === "crash" || isPromise;
    const after = this.#script.strike(run, "after", "step", number, can);
    if (after === "crash" && !isPromise) {
      this.process.kill();
      throw new Crashed();
    }
    if (given instanceof Promise || (isPromise && after !== undefined))
      return this.#answer(given, after);
    return given;
  }

  async #answer(given: PromiseLike<unknown>, after: "crash" | "lose lease" | undefined) {
    this.#stepsUnderWay++;
    try {
      return await given;
    } finally {
      this.#stepsUnderWay--;
      this.#script.note();
      if (after === "crash") this.process.kill();
      if (after === "lose lease") this.process.freeze();
      await this.process.awake();
    }
  }

  #neverReturn(canWait: boolean): Promise<never> {
    if (canWait) return new Promise(() => {});
    throw new Crashed();
  }

  #follow(worker: Worker<D>): void {
    const end = (id: string, state: string, error?: unknown) => {
      const run = this.#runs.get(id);
      if (run !== undefined) Object.assign(run, { end: state }, error !== undefined && { error });
      this.#script.note();
    };
    for (const name of ["completed", "snoozed", "released"] as const)
      worker.on(name, ({ job }) => end(job.id, name));
    for (const name of ["failed", "dead"] as const)
      worker.on(name, ({ job, error }) => end(job.id, name, error));
    worker.on("lost", ({ id }) => end(id, "lost"));
    worker.on("abandoned", () => this.#script.note());
    worker.on("error", ({ error }) => this.#errors.push(error));
  }
}
