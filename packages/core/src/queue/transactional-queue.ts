import type { AnyJobs, JobDefinitions } from "../definition/job-definition.ts";
import type { Store } from "../store/store.ts";
import { Queue } from "./queue.ts";
import type { TransactionOf, Within } from "./within.ts";

/** A queue on a store that takes transactions of its callers. */
export class TransactionalQueue<
  in out D extends JobDefinitions = AnyJobs,
  S extends Store = Store,
> extends Queue<D> {
  /** The same writes inside a transaction of yours: they are kept or lost with your own. */
  within(transaction: TransactionOf<S>): Within<D, S> {
    return this.inside(transaction) as unknown as Within<D, S>;
  }
}
