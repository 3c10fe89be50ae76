import type {
  JobDefinitions,
  NeedsPayload,
  PayloadInput,
  TypeName,
} from "../definition/job-definition.ts";
import type { JobId } from "../definition/job-view.ts";
import type { EnqueueOptions } from "../job/new-job.ts";

/** A job that was wanted: it is stored. */
export interface Enqueued<T extends string = string> {
  /** Its id, or that of the job that holds its unique key. */
  readonly id: JobId<T>;
  /** False where another job holds the unique key: then nothing was added. */
  readonly added: boolean;
}

/** What follows the type in a call of `enqueue`: the payload may be left out where the type has none. */
export type EnqueueArguments<D extends JobDefinitions, T extends TypeName<D>> = {
  [K in TypeName<D>]: NeedsPayload<D, K> extends true
    ? [payload: PayloadInput<D, K>, options?: EnqueueOptions]
    : [payload?: PayloadInput<D, K>, options?: EnqueueOptions];
}[T];

type ItemOf<T extends string, P> = { readonly type: T } & P & EnqueueOptions;

type WithPayload<D extends JobDefinitions, T extends TypeName<D>> =
  NeedsPayload<D, T> extends true
    ? { readonly payload: PayloadInput<D, T> }
    : { readonly payload?: PayloadInput<D, T> };

/** One of many: the type, its payload, and the options beside them. */
export type EnqueueItem<D extends JobDefinitions> = D extends unknown
  ? { [T in TypeName<D>]: ItemOf<T, WithPayload<D, T>> }[TypeName<D>]
  : never;

/** The part of a queue that code needs which only enqueues. */
export interface Producer<D extends JobDefinitions> {
  /** Resolves once the job is stored. Rejects with an error that names what is wrong with it, and then nothing is. */
  enqueue<T extends TypeName<D>>(type: T, ...rest: EnqueueArguments<D, T>): Promise<Enqueued<T>>;
  // A property, because a method's parameters are compared both ways: a producer of fewer types would pass for this.
  /** All or none, in one transaction; the answers come in the same order. */
  readonly enqueueMany: (items: readonly EnqueueItem<D>[]) => Promise<Enqueued[]>;
}
