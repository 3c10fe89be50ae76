import type { Job, Worker, WorkerOptions } from "@turno/core";
import type { ManualClock } from "../manual-clock.ts";
import { type History, shown } from "./history.ts";
import type { Claimed, Jobs } from "./jobs.ts";
import type { Act, Type } from "./step.ts";

export const ABORT_MS = 30;

interface WatchedWorkerOptions {
  readonly queue: number;
  readonly limits: Pick<WorkerOptions<Type>, "concurrency" | "concurrencyOf">;
  readonly history: History;
  readonly clock: ManualClock;
  readonly isPaused: (type: Type) => boolean;
  /** No store has trouble, and nobody is given up. */
  readonly isCalm: boolean;
  /** Every worker there is. */
  readonly all: readonly WatchedWorker[];
}

/** A handler that was called. */
export interface Run {
  readonly job: Claimed;
  readonly claim: Job | undefined;
  readonly startedAt: number;
  /** Whether the handler looks at its signal; where it does not, nobody else may. */
  readonly looks: boolean;
  abortedAt: number | undefined;
  /** Whether it settles its job itself. */
  byHand: boolean;
  over: boolean;
}

const TOLD = ["completed", "failed", "dead", "snoozed", "released", "abandoned"] as const;

/** One worker, held to its promises. */
export class WatchedWorker {
  readonly queue: number;
  isStopping = false;
  hasStopped = false;
  readonly #worker: Worker<Jobs>;
  readonly #options: WatchedWorkerOptions;
  readonly #history: History;
  readonly #runs: Run[] = [];
  readonly #told = new Set<string>();

  constructor(worker: Worker<Jobs>, options: WatchedWorkerOptions) {
    this.queue = options.queue;
    this.#worker = worker;
    this.#options = options;
    this.#history = options.history;
    for (const name of TOLD) worker.on(name, ({ job }) => this.#hear(name, job as unknown as Job));
    worker.on("error", ({ error }) => this.#history.note(`worker error: ${String(error)}`));
    worker.on("lost", ({ id, reason }) =>
      this.#history.note(`lost ${id.slice(-3)}: ${reason.name}`),
    );
    void worker.stopped.then(() => {
      this.#history.note("a worker has stopped");
      this.isStopping = true;
      this.hasStopped = true;
    });
  }

  stop(graceMs: number): Promise<void> {
    this.isStopping = true;
    return this.#worker.stop({ graceMs });
  }

  /** Its handler is called. */
  start(job: Claimed, act: Act, looks: boolean): Run {
    const claim = this.#history.take(job);
    const startedAt = this.#options.clock.monotonic();
    const run = { job, claim, startedAt, looks, abortedAt: undefined, byHand: false, over: false };
    const name = `run ${job.id.slice(-3)} (${job.type}) attempt ${job.attempt} on ${this.queue}: ${act}`;
    this.#history.note(name);
    if (claim === undefined) this.#history.accuse(`${name}: nothing was claimed for it`);
    if (this.hasStopped) this.#history.accuse(`${name}: its worker has stopped`);
    // The others may have been running already while their payload was checked.
    if (job.type !== "checked") this.#checkMayStart(job.type, name);
    if (looks) this.#watch(run, name);
    this.#checkOverlap(run, name);
    this.#runs.push(run);
    this.#checkSlots(job.type, name);
    return run;
  }

  end(run: Run): void {
    run.over = true;
    this.#history.note(`run ${run.job.id.slice(-3)} is over`);
  }

  /** Every handler that runs though its job was lost has been told by now. */
  checkAborted(): void {
    for (const run of this.#runs) {
      if (!run.looks || run.over || !this.#isLost(run) || run.job.signal.aborted) continue;
      this.#history.accuse(`the handler of ${run.job.id} was not told that its job is lost`);
    }
  }

  /** All that it has settled was told of by now. */
  checkTold(): void {
    for (const { claim, byHand, abortedAt } of this.#runs) {
      const next = claim && this.#history.after(claim);
      if (next === undefined || next.state === "cancelled") continue;
      const others = next.attempt === claim?.attempt && next.failures.at(-1)?.kind === "abandoned";
      // Where time was up while it was settled by hand, two wrote the same: it may be told as lost.
      const maybeLost = byHand && abortedAt !== undefined;
      if (!others && !maybeLost && !this.#told.has(shown(next)))
        this.#history.accuse(`nobody told of ${shown(next)}`);
    }
  }

  #hear(name: string, job: Job): void {
    const what = `${name}: ${shown(job)}`;
    this.#history.note(`told: ${what}`);
    if (this.#told.has(shown(job))) this.#history.accuse(`told twice: ${what}`);
    this.#told.add(shown(job));
    if (!this.#history.has(job)) this.#history.accuse(`told, but not stored: ${what}`);
    if (this.hasStopped && this.#options.isCalm)
      this.#history.accuse(`told after the worker had stopped: ${what}`);
  }

  #checkMayStart(type: Type, name: string): void {
    if (this.isStopping) this.#history.accuse(`${name}: its worker is stopping`);
    if (this.#options.isPaused(type)) this.#history.accuse(`${name}: its type is paused`);
  }

  #watch(run: Run, name: string): void {
    const { signal } = run.job;
    if (signal.aborted) this.#history.accuse(`${name}: it was aborted before it began`);
    signal.addEventListener("abort", () => {
      run.abortedAt = this.#options.clock.monotonic();
      const { name: reason } = signal.reason as Error;
      this.#history.note(`aborted ${run.job.id.slice(-3)}: ${reason}`);
      const held = run.claim !== undefined && this.#history.after(run.claim) === undefined;
      if (held && (reason === "LeaseLost" || reason === "JobCancelled"))
        this.#history.accuse(`${name}: was told ${reason}, though the job is held`);
    });
  }

  /** Two runs of a job may overlap only where the older one was told, or will be, that it is the job's no more. */
  #checkOverlap(run: Run, name: string): void {
    for (const other of this.#options.all.flatMap((worker) => worker.#runs)) {
      if (other.job.id !== run.job.id || other.over || other === run) continue;
      const older = (other.claim?.revision ?? 0) < (run.claim?.revision ?? 0) ? other : run;
      const next = older.claim && this.#history.after(older.claim);
      const kind = next?.failures.at(-1)?.kind;
      if (older.byHand || next?.state === "cancelled") continue;
      if (kind === "abandoned" || kind === "timeout") continue;
      this.#history.accuse(`${name}: another run is not over`);
    }
  }

  #checkSlots(type: Type, name: string): void {
    const { concurrency = 10, concurrencyOf = {} } = this.#options.limits;
    const busy = this.#runs.filter((run) => !run.over && this.#hasSlot(run));
    const ofType = busy.filter(({ job }) => job.type === type);
    if (busy.length > concurrency) this.#history.accuse(`${name}: ${busy.length} run at once`);
    if (ofType.length > (concurrencyOf[type] ?? concurrency))
      this.#history.accuse(`${name}: ${ofType.length} of its type run at once`);
  }

  #hasSlot(run: Run): boolean {
    const now = this.#options.clock.monotonic();
    if (run.abortedAt !== undefined) return now - run.abortedAt < ABORT_MS;
    if (run.looks) return true;
    const { timeoutMs = Number.POSITIVE_INFINITY } = run.job;
    return !this.#isLost(run) && now - run.startedAt < timeoutMs + ABORT_MS;
  }

  /** Whether the store has given its job to somebody else, or ended it. */
  #isLost({ claim, byHand }: Run): boolean {
    return claim !== undefined && !byHand && this.#history.after(claim) !== undefined;
  }
}
