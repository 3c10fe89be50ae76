import type {
  Awaitable,
  Clock,
  EnqueueItem,
  SomeHandlers,
  JobDefinitions,
  JobOf,
  MemoryStore,
  Queue,
  Store,
  TypeName,
} from "@turno/core";

/** A job to be tried out: in what world, with what handlers, and what to look at afterwards. */
export interface Rehearsal<D extends JobDefinitions, W, S extends Store = MemoryStore> {
  readonly jobs: D;
  /** The job that is enqueued: `{ type, payload }`, and options of `enqueue` beside them. */
  readonly job: EnqueueItem<D>;
  /** Makes a fresh world: the objects that handlers do their effects with, best fakes that remember what they did. */
  setUp(): Awaitable<W>;
  /** The handlers, made with the objects of `world`: each call of their methods is a step. */
  handlers(world: W, tools: RehearsalTools<D, S>): SomeHandlers<D>;
  /** What there is to see of the effects in the end, as JSON: what a second charge would change. */
  effects(world: W, jobs: readonly JobOf<D>[]): unknown;
  /** A fresh store. Default: a `MemoryStore`. It is closed in the end. */
  store?(world: W): Awaitable<S>;
  /** Takes down what `setUp` has made. */
  tearDown?(world: W): Awaitable<void>;
  /** Of the clock: see `SimulatedClock`. */
  readonly settle?: (() => Promise<void>) | undefined;
}

/** What handlers may need of the product. */
export interface RehearsalTools<D extends JobDefinitions, S extends Store> {
  /** The queue of the handler's own process; calls of its methods are steps too. */
  readonly queue: Queue<D, S>;
  readonly clock: Clock;
}

/** What happened in one rehearsal. */
export interface Rehearsed<D extends JobDefinitions> {
  readonly effects: unknown;
  /** All jobs, the oldest first. */
  readonly jobs: readonly JobOf<D, TypeName<D>>[];
  readonly runs: readonly RehearsedRun[];
}

/** One call of a handler. */
export interface RehearsedRun {
  readonly id: string;
  readonly type: string;
  readonly attempt: number;
  /** Such as `1 cards.charge`. */
  readonly steps: readonly string[];
  /** Such as `killed after step 1`: the faults that struck it. */
  readonly faults: readonly string[];
  /**
   * What its worker made of the job: `completed`, `failed`, …; `lost` where the store refused that, since another
   * one had the job by then; undefined where it was killed.
   */
  readonly end: string | undefined;
  /** What failed the attempt, if something did. */
  readonly error?: unknown;
}
