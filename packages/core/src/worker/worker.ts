import type { JobDefinitions } from "../definition/job-definition.ts";
import { viewOf } from "../definition/job-view.ts";
import { Events, type Unsubscribe } from "../events/events.ts";
import type { Job, RunningJob } from "../job/job.ts";
import { WorkerStopping } from "../job/outcome-error.ts";
import { release } from "../job/put-back.ts";
import type { Retention } from "../job/retention.ts";
import type { GroupCommit } from "../store/group-commit.ts";
import type { Patience } from "../store/patience.ts";
import type { Replaced, Store } from "../store/store.ts";
import { StoreNewer } from "../store/store-error.ts";
import { atMost } from "../time/at-most.ts";
import type { Clock } from "../time/clock.ts";
import type { Turn } from "../time/turn.ts";
import { Caretaker } from "./caretaker.ts";
import type { AnyClaimedJob } from "./claimed-job.ts";
import { Complaints } from "./complaints.ts";
import { HeldJob } from "./held-job.ts";
import { Intake } from "./intake.ts";
import { Membership, reasonForLoss } from "./membership.ts";
import { Notebook } from "./notebook.ts";
import { Runner } from "./runner.ts";
import { type Settlement, Settlements } from "./settlements.ts";
import { WORKER_EVENTS, type WorkerEventName, type WorkerEvents } from "./worker-events.ts";
import { graceOf, type ResolvedWorkerOptions } from "./worker-options.ts";

/** What a queue and its workers share. */
export interface Workplace {
  readonly store: Store;
  readonly group: GroupCommit;
  readonly clock: Clock;
  readonly turn: Turn;
  readonly patience: Patience;
  readonly definitions: JobDefinitions;
  readonly retention: Retention;
}

export type AnyHandlers = ReadonlyMap<string, (job: AnyClaimedJob<JobDefinitions>) => unknown>;

/** How long the last results may take to be stored when a worker stops. */
const FLUSH_MS = 1_500;

/** Claims jobs and runs their handlers until it is stopped; `queue.work` makes one. */
export class Worker<D extends JobDefinitions = JobDefinitions> implements AsyncDisposable {
  /** Resolves when the worker has stopped, whatever stopped it; never rejects. */
  readonly stopped: Promise<void>;

  readonly #workplace: Workplace;
  readonly #options: ResolvedWorkerOptions;
  readonly #events = new Events<WorkerEvents<D>>(WORKER_EVENTS);
  readonly #membership: Membership;
  readonly #caretaker: Caretaker;
  readonly #settlements: Settlements;
  readonly #runner: Runner;
  readonly #notebook: Notebook;
  readonly #intake: Intake;
  readonly #complaints: Complaints;
  readonly #resolveStopped: () => void;
  #endGrace: (() => void) | undefined;
  #stopping = false;

  /** Use `queue.work`. */
  constructor(workplace: Workplace, handlers: AnyHandlers, options: ResolvedWorkerOptions) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.stopped = promise;
    this.#resolveStopped = resolve;
    this.#workplace = workplace;
    this.#options = options;
    this.#complaints = new Complaints(workplace.clock);
    const onError = (error: unknown) => this.#onError(error);
    const { leaseMs, abortMs } = options;
    this.#membership = new Membership({
      ...workplace,
      leaseMs,
      onError,
      onJoined: () => this.#intake.look(),
      isClaiming: () => this.#intake.isClaiming,
      onStray: (job) => this.#takeIn(job),
      onMovedOn: (held, stored) => this.#onMovedOn(held, stored),
    });
    this.#caretaker = new Caretaker({
      ...workplace,
      leaseMs,
      onError,
      self: () => this.#membership.worker,
      isBeating: () => this.#membership.isBeating,
      onAbandoned: (job) => this.#events.emit("abandoned", () => ({ job: viewOf(job) }) as never),
    });
    this.#settlements = new Settlements({
      ...workplace,
      onStored: (settlement, outcome) => this.#onStored(settlement, outcome),
      onTrouble: onError,
    });
    this.#runner = new Runner({
      ...workplace,
      handlers,
      abortMs,
      leaseMs,
      onStarted: (job) =>
        this.#events.emit("started", () => ({ job: job as unknown as AnyClaimedJob<D> })),
      onSettled: (settlement) => this.#settlements.add(settlement),
      look: (held) => this.#look(held),
      onLateThrow: onError,
      onSlotFree: () => this.#intake.goOn(),
      onLateness: (ms) => this.#membership.silenceIn(ms),
    });
    this.#notebook = new Notebook({
      ...workplace,
      isHeld: (held) => this.#membership.holds(held),
      onError,
    });
    this.#intake = new Intake({
      ...workplace,
      types: [...handlers.keys()],
      options,
      membership: this.#membership,
      runner: this.#runner,
      notebook: this.#notebook,
      isSettling: () => this.#settlements.isWaiting,
      onPutBack: (jobs) => this.#putBack(jobs),
      onError,
    });
    void this.#start();
  }

  /** Calls `listener` at each event from now on; what it returns ends that. */
  on<K extends WorkerEventName>(
    name: K,
    listener: (event: WorkerEvents<D>[K]) => void,
  ): Unsubscribe {
    return this.#events.on(name, listener);
  }

  /**
   * Stops: claims no more; waits up to `graceMs` for handlers, still beating; then aborts their signals and waits up
   * to `abortMs`; gives back uncharged what ended by then, and fails the rest. A later call can shorten the grace.
   */
  stop(options: { readonly graceMs?: number } = {}): Promise<void> {
    const graceMs = graceOf(options, this.#options.graceMs);
    const { clock } = this.#workplace;
    const timer = clock.setTimeout(() => this.#endGrace?.(), graceMs);
    void this.stopped.then(() => clock.clearTimeout(timer));
    if (!this.#stopping) {
      this.#stopping = true;
      void this.#stop().then(this.#resolveStopped);
    }
    return this.stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Somebody in this process has written a job that this worker may hold. */
  notice(job: Job): void {
    this.#membership.notice(job);
  }

  /** A job that this worker may hold was settled by hand. */
  noticeSettled(held: HeldJob, next: Job): void {
    this.#membership.learn(held, next);
  }

  /** Somebody in this process may have settled a job that this worker may hold, if the transaction was committed. */
  noticeMaybe(held: HeldJob): void {
    if (this.#membership.holds(held)) void this.#look(held);
  }

  /** Somebody in this process has paused a type. */
  pause(type: string): void {
    this.#intake.putBack(type);
  }

  /** There may be work: a hint. */
  wake(): void {
    if (!this.#stopping) this.#intake.look();
  }

  async #start(): Promise<void> {
    const { signal } = this.#options;
    const stop = () => void this.stop();
    if (signal?.aborted === true) return stop();
    signal?.addEventListener("abort", stop, { once: true });
    void this.stopped.then(() => signal?.removeEventListener("abort", stop));
    await this.#membership.join();
    if (this.#stopping) return;
    this.#intake.open();
    this.#caretaker.start();
  }

  async #stop(): Promise<void> {
    const graceOver = new Promise<void>((resolve) => {
      this.#endGrace = resolve;
    });
    const noClaim = this.#intake.close();
    await Promise.race([this.#runner.empty(), graceOver]);
    if (this.#runner.size > 0) await this.#endHandlers();
    const stored = noClaim.then(() => this.#settlements.idle());
    if (!(await atMost(this.#workplace.clock, FLUSH_MS, stored))) {
      const message =
        "the worker stopped before the store took its last results; those jobs run again";
      this.#events.error(new Error(message));
    }
    this.#settlements.giveUp();
    this.#notebook.close();
    await this.#leave();
    this.#events.emit("stopped", () => ({}));
  }

  async #endHandlers(): Promise<void> {
    this.#runner.abortAll(
      new WorkerStopping(
        "the worker is stopping, and its grace is over; end the handler, and its job is given back",
      ),
    );
    await atMost(this.#workplace.clock, this.#options.abortMs, this.#runner.empty());
    this.#runner.failAll();
  }

  async #leave(): Promise<void> {
    try {
      await this.#caretaker.stop();
      await this.#membership.leave();
    } catch (error) {
      this.#events.error(error);
    }
  }

  #onStored(settlement: Settlement, outcome: Replaced): void {
    const { held } = settlement;
    held.settling = undefined;
    if (outcome !== "written") void this.#look(held, { refused: true });
    else if (this.#membership.letGo(held)) this.#tell(settlement);
  }

  #onMovedOn(held: HeldJob, stored: Job | undefined): void {
    const byHand = held.settledByHandTo(stored);
    if (byHand === undefined) return this.#lose(held, reasonForLoss(held, stored));
    this.#runner.finish(held);
    this.#tell({ held, ...byHand });
  }

  #lose(held: HeldJob, reason: Error): void {
    this.#runner.lose(held, reason);
    const { id, type } = held.record;
    this.#events.emit("lost", () => ({ id, type, reason }) as never);
  }

  #tell({ held, next: job, error }: Settlement): void {
    const event = () => ({ job: viewOf(job), error }) as never;
    if (job.state === "completed" || job.state === "dead") this.#events.emit(job.state, event);
    else if (job.attempt === held.record.attempt) this.#events.emit("failed", event);
    else this.#events.emit(job.runAt === held.record.runAt ? "released" : "snoozed", event);
  }

  /** Looks what has become of a job that somebody else may have written. */
  async #look(held: HeldJob, { refused = false } = {}): Promise<void> {
    await held.handsOff();
    if (!this.#membership.holds(held)) return;
    try {
      await (refused ? this.#membership.lookRefused(held) : this.#membership.look([held]));
    } catch (error) {
      // Nobody knows what has become of it: the fence will tell when the outcome is written.
      this.#onError(error);
    }
  }

  /** A job that this worker holds without having known goes back: by now another may be more urgent. */
  #takeIn(job: RunningJob): void {
    const held = new HeldJob(job, this.#notebook);
    this.#membership.hold(held);
    this.#putBack([held]);
  }

  #putBack(jobs: readonly HeldJob[]): void {
    const ours = jobs.filter((held) => this.#membership.holds(held));
    for (const held of ours) this.#settlements.add({ held, next: release(held.record) });
  }

  #onError(error: unknown): void {
    if (this.#complaints.isNew(error)) this.#events.error(error);
    if (error instanceof StoreNewer) void this.stop();
  }
}
