import type { AnyJobs, JobDefinitions } from "../definition/job-definition.ts";
import type { Store } from "../store/store.ts";
import type { Queue as PlainQueue } from "./queue.ts";
import type { QueueOptions } from "./queue-options.ts";
import { TransactionalQueue } from "./transactional-queue.ts";
import type { TransactionOf } from "./within.ts";

/** A queue by the types of its jobs and its store; it has `within` where the store takes transactions of its callers. */
export type Queue<D extends JobDefinitions = AnyJobs, S extends Store = Store> = [
  TransactionOf<S>,
] extends [never]
  ? PlainQueue<D>
  : TransactionalQueue<D, S>;

/** Makes a queue on a store. The class below has `within` in any case, and refuses there what the type does not know of. */
export const Queue: new <D extends JobDefinitions = AnyJobs, S extends Store = Store>(
  options: QueueOptions<D, S>,
) => Queue<D, S> = TransactionalQueue;
