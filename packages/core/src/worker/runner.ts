import type { JobDefinition, JobDefinitions } from "../definition/job-definition.ts";
import { definitionOf } from "../definition/define-jobs.ts";
import { isA } from "../job/is-a.ts";
import { JobTimedOut, WorkerStopping } from "../job/outcome-error.ts";
import { release } from "../job/put-back.ts";
import type { Awaitable } from "../store/store.ts";
import type { Clock } from "../time/clock.ts";
import { type AnyClaimedJob, claimedJob } from "./claimed-job.ts";
import type { HeldJob } from "./held-job.ts";
import { failed, misfit, type Outcome, returned, threw } from "./outcome.ts";
import { Pace } from "./pace.ts";
import { readPayload } from "./read-payload.ts";
import { Settled } from "./settled.ts";
import type { Settlement } from "./settlements.ts";

type AnyHandler = (job: AnyClaimedJob<JobDefinitions>) => unknown;

interface RunnerOptions {
  readonly handlers: ReadonlyMap<string, AnyHandler>;
  readonly definitions: JobDefinitions;
  readonly clock: Clock;
  readonly abortMs: number;
  readonly leaseMs: number;
  readonly onStarted: (job: AnyClaimedJob<JobDefinitions>) => void;
  readonly onSettled: (settlement: Settlement) => void;
  /** Looks what has become of a job that was settled by hand, and tells `lose` or `finish` if it is held no more. */
  readonly look: (held: HeldJob) => Promise<void>;
  /** A handler threw after it had settled its job by hand: that fails nothing, but somebody should know. */
  readonly onLateThrow: (thrown: unknown) => void;
  readonly onSlotFree: () => void;
  /** The milliseconds until the first handler will be far too late; undefined where none can be. */
  readonly onLateness: (ms: number | undefined) => void;
}

interface Run {
  readonly held: HeldJob;
  readonly startedAt: number;
  /** Nothing that the handler still does decides what becomes of the job. */
  decided: boolean;
  settledByHand: boolean;
  timeout: unknown;
  eviction: unknown;
}

/** How a handler ended, if its payload could be read at all, and in time. */
type End =
  | { readonly value: unknown }
  | { readonly thrown: unknown }
  | { readonly misfit: unknown }
  | "not called";

/** Runs handlers: calls them, limits their time, aborts them, and decides by how they end. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #runs = new Map<HeldJob, Run>();
  readonly #ofType = new Map<string, number>();
  readonly #pace = new Pace();
  #stopping = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** How many slots are taken. */
  get size(): number {
    return this.#runs.size;
  }

  sizeOf(type: string): number {
    return this.#ofType.get(type) ?? 0;
  }

  ahead(concurrency: number): number {
    const oldest = this.#runs.values().next();
    const oldestMs =
      oldest.done === true ? 0 : this.#options.clock.monotonic() - oldest.value.startedAt;
    return this.#pace.ahead(concurrency, oldestMs);
  }

  run(held: HeldJob): void {
    const { record } = held;
    const startedAt = this.#options.clock.monotonic();
    const run: Run = {
      held,
      startedAt,
      decided: false,
      settledByHand: false,
      timeout: undefined,
      eviction: undefined,
    };
    this.#runs.set(held, run);
    this.#ofType.set(record.type, this.sizeOf(record.type) + 1);
    if (record.timeoutMs !== undefined) this.#limit(run, record.timeoutMs);
    this.#attempt(run);
  }

  /** The job is not this worker's any more: its handler should end, and nothing is settled. */
  lose(held: HeldJob, reason: Error): void {
    const run = this.#runs.get(held);
    held.abort(reason);
    if (run !== undefined) this.#giveUp(run);
  }

  /** The job was settled by hand: whatever its handler still does, nothing more becomes of it. */
  finish(held: HeldJob): void {
    const run = this.#runs.get(held);
    if (run === undefined) return;
    run.decided = true;
    run.settledByHand = true;
  }

  /** Asks every handler to end, since the worker stops. */
  abortAll(reason: WorkerStopping): void {
    this.#stopping = true;
    for (const run of this.#runs.values()) run.held.abort(reason);
  }

  /** Fails, charged, what still runs though it was asked to end. */
  failAll(): void {
    const { abortMs } = this.#options;
    for (const run of Array.from(this.#runs.values())) {
      const message = `the handler did not end within ${abortMs} ms after its worker had stopped; let it end when its signal is aborted`;
      this.#failByTime(run, new WorkerStopping(message));
      this.#free(run);
    }
  }

  /** Resolves when no handler runs. */
  empty(): Promise<void> {
    if (this.#runs.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  // From here to `#finish` no step awaits what is there already: of a short job's time promises are the greatest part.

  #attempt(run: Run): void {
    const { record } = run.held;
    const onMisfit = (misfit: unknown) => this.#end(run, { misfit });
    let payload: unknown;
    try {
      payload = readPayload(record, this.#definitionOf(record.type));
    } catch (misfit) {
      return onMisfit(misfit);
    }
    if (payload instanceof Promise)
      payload.then((checked: unknown) => this.#call(run, checked), onMisfit);
    else this.#call(run, payload);
  }

  #call(run: Run, payload: unknown): void {
    const { held } = run;
    const onThrown = (thrown: unknown) => this.#end(run, { thrown });
    // While a schema took its time, the job may have been lost or timed out, or the worker may have been stopped.
    if (held.isAborted) return this.#end(run, "not called");
    try {
      const job = claimedJob<JobDefinitions>(held, payload, this.#options.clock);
      this.#options.onStarted(job);
      const returned = this.#options.handlers.get(held.record.type)?.(job);
      Promise.resolve(returned).then((value) => this.#end(run, { value }), onThrown);
    } catch (thrown) {
      onThrown(thrown);
    }
  }

  #end(run: Run, end: End): void {
    const { clock } = this.#options;
    if (run.timeout !== undefined) clock.clearTimeout(run.timeout);
    this.#pace.note(clock.monotonic() - run.startedAt);
    const concluded = run.decided ? undefined : this.#conclude(run, end);
    if (concluded === undefined) this.#finish(run, end);
    else void concluded.then(() => this.#finish(run, end));
  }

  /** Decides what becomes of the job; a promise where that takes time. */
  #conclude(run: Run, end: End): Promise<void> | undefined {
    const { held } = run;
    if (held.maybeSettledByHand) return this.#concludeByStore(run, end);
    const outcome = this.#outcomeOf(held, end);
    if (!(outcome instanceof Promise)) return this.#decide(run, outcome);
    return outcome.then((known) => this.#decide(run, known));
  }

  async #concludeByStore(run: Run, end: End): Promise<void> {
    await this.#options.look(run.held);
    if (!run.decided) this.#decide(run, await this.#outcomeOf(run.held, end));
  }

  #finish(run: Run, end: End): void {
    if (run.settledByHand && end !== "not called" && "thrown" in end)
      this.#options.onLateThrow(end.thrown);
    this.#free(run);
  }

  #outcomeOf(held: HeldJob, end: End): Awaitable<Outcome> {
    const { record } = held;
    const now = this.#options.clock.now();
    const definition = this.#definitionOf(record.type);
    // A handler that never looked at its signal has done its work; one that did may have stopped half-way.
    if (end === "not called" || (this.#stopping && held.heardAbort))
      return { next: release(record) };
    if ("misfit" in end) return misfit(record, end.misfit, definition, now);
    if ("thrown" in end) return threw(record, end.thrown, definition, now);
    if (isA(Settled, end.value) && end.value.id === record.id) {
      const thrown = new Error(
        "the transaction in which the handler settled its job was not committed",
      );
      return failed(record, { kind: "error", thrown }, definition, now);
    }
    return returned(record, end.value, definition, now);
  }

  #decide(run: Run, { next, error }: Outcome): undefined {
    if (run.decided) return;
    run.decided = true;
    this.#options.onSettled({ held: run.held, next, error });
  }

  #failByTime(run: Run, thrown: Error): void {
    if (run.decided) return;
    const { record } = run.held;
    const now = this.#options.clock.now();
    this.#decide(
      run,
      failed(record, { kind: "timeout", thrown }, this.#definitionOf(record.type), now),
    );
  }

  #limit(run: Run, timeoutMs: number): void {
    this.#tellLateness();
    run.timeout = this.#options.clock.setTimeout(() => {
      const reason = new JobTimedOut(
        `job ${run.held.record.id} took longer than its timeoutMs, ${timeoutMs}; end its handler when its signal is aborted, or allow more`,
      );
      this.#failByTime(run, reason);
      run.held.abort(reason);
      this.#giveUp(run);
    }, timeoutMs);
  }

  /** The slot of a handler that was asked to end is free when it ends, or after a while though it does not. */
  #giveUp(run: Run): void {
    run.decided = true;
    run.eviction ??= this.#options.clock.setTimeout(() => this.#free(run), this.#options.abortMs);
  }

  #free(run: Run): void {
    const { clock, onSlotFree } = this.#options;
    if (!this.#runs.delete(run.held)) return;
    if (run.timeout !== undefined) clock.clearTimeout(run.timeout);
    if (run.eviction !== undefined) clock.clearTimeout(run.eviction);
    const { type, timeoutMs } = run.held.record;
    this.#ofType.set(type, this.sizeOf(type) - 1);
    if (timeoutMs !== undefined) this.#tellLateness();
    onSlotFree();
    if (this.#runs.size === 0) this.#onEmpty?.();
  }

  /** A handler is far too late a lease after its time was up: then this process must hang. */
  #tellLateness(): void {
    const { clock, leaseMs, onLateness } = this.#options;
    let earliest = Number.POSITIVE_INFINITY;
    for (const { held, startedAt, decided } of this.#runs.values()) {
      const { timeoutMs } = held.record;
      if (timeoutMs !== undefined && !decided) earliest = Math.min(earliest, startedAt + timeoutMs);
    }
    onLateness(
      earliest === Number.POSITIVE_INFINITY ? undefined : earliest + leaseMs - clock.monotonic(),
    );
  }

  #definitionOf(type: string): JobDefinition | undefined {
    return definitionOf(this.#options.definitions, type);
  }
}
