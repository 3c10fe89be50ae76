import type { JobDefinitions } from "../definition/job-definition.ts";
import { definitionOf } from "../definition/define-jobs.ts";
import { complete } from "../job/complete.ts";
import type { NewJob } from "../job/job.ts";
import type { Awaitable, Committed, Write } from "../store/store.ts";
import type { Clock } from "../time/clock.ts";
import { heldJob } from "../worker/claimed-job.ts";
import type { HeldJob } from "../worker/held-job.ts";
import { resultText } from "../worker/outcome.ts";
import type { Settled } from "../worker/settled.ts";
import type { Admission } from "./admission.ts";
import type { Enqueued } from "./producer.ts";
import { settledBy } from "./settle.ts";
import { admitItem, lengthOf, wantedOf } from "./wanted.ts";

interface TransactionOptions {
  readonly commit: (write: Write) => Awaitable<Committed>;
  readonly admission: Admission;
  readonly definitions: JobDefinitions;
  readonly clock: Clock;
  readonly salt: number;
  /** Something was written that will count once the caller has committed. */
  readonly onWritten: () => void;
  /** So was the settling of a held job. */
  readonly onSettled: (held: HeldJob) => void;
}

/** The queue's writes inside a transaction of the caller's; plain values where the store's driver is synchronous. */
export class Transaction {
  readonly #options: TransactionOptions;

  constructor(options: TransactionOptions) {
    this.#options = options;
  }

  enqueue(type: string, ...rest: readonly unknown[]): Awaitable<Enqueued> {
    const job = atOnce(this.#options.admission.admit(wantedOf(type, rest)));
    return next(this.#add([job]), ([added]) => added as Enqueued);
  }

  enqueueMany(items: readonly unknown[]): Awaitable<readonly Enqueued[]> {
    const { admission } = this.#options;
    const jobs: NewJob[] = [];
    for (let index = 0, length = lengthOf(items); index < length; index++)
      jobs.push(atOnce(admitItem(admission, items, index)));
    return this.#add(jobs);
  }

  complete(job: unknown, result?: unknown): Awaitable<Settled> {
    const { definitions, clock, salt, onSettled } = this.#options;
    const held = heldJob(job, salt);
    const text = atOnce(resultText(result, definitionOf(definitions, held.record.type)));
    const completed = complete(held.record, text, clock.now());
    const write = { note: held.unwritten, replace: [completed] };
    const settled = next(this.#write(write), ({ replaced }) => settledBy(completed, replaced[0]));
    held.settleByHand({ next: completed, done: Promise.resolve(settled) });
    onSettled(held);
    return settled;
  }

  #add(add: readonly NewJob[]): Awaitable<readonly Enqueued[]> {
    return next(this.#write({ add }), ({ added }) => added);
  }

  #write(write: Omit<Write, "now">): Awaitable<Committed> {
    const committed = this.#options.commit({ ...write, now: this.#options.clock.now() });
    this.#options.onWritten();
    return committed;
  }
}

function next<T, U>(value: Awaitable<T>, step: (value: T) => U): Awaitable<U> {
  return value instanceof Promise ? value.then(step) : step(value);
}

function atOnce<T>(checked: Awaitable<T>): T {
  if (!(checked instanceof Promise)) return checked;
  checked.catch(() => {});
  throw new TypeError(
    "a schema that answers with a promise cannot check a job inside a transaction; enqueue or complete it outside",
  );
}
