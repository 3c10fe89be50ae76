import type { JobDefinitions, TypeName } from "../definition/job-definition.ts";
import type { Store } from "../store/store.ts";
import type { ClaimedAs } from "../worker/claimed-job.ts";
import type { Settled } from "../worker/settled.ts";
import type { ResultArguments } from "./result-arguments.ts";
import type { Enqueued, EnqueueArguments, EnqueueItem } from "./producer.ts";

/** The transaction that a store takes from its caller; never where it takes none. */
export type TransactionOf<S extends Store> = [S] extends [{ within(transaction: infer T): unknown }]
  ? T
  : never;

/** A plain value where the store's driver is synchronous, else a promise. */
type Given<S extends Store, X> = S extends {
  within(transaction: never): { commit(write: never): infer C };
}
  ? C extends Promise<unknown>
    ? Promise<X>
    : X
  : never;

/** Writes that belong to the caller's transaction: they are stored, or lost, together with its own. */
export interface Within<D extends JobDefinitions, S extends Store> {
  enqueue<T extends TypeName<D>>(type: T, ...rest: EnqueueArguments<D, T>): Given<S, Enqueued<T>>;
  enqueueMany(items: readonly EnqueueItem<D>[]): Given<S, Enqueued<TypeName<D>>[]>;
  /** Completes a claimed job; throws `LeaseLost` where it is not held any more, so that the transaction rolls back. */
  complete<T extends TypeName<D>>(
    job: ClaimedAs<T, unknown>,
    ...result: ResultArguments<D, T>
  ): Given<S, Settled>;
}
