import { checkedJobs } from "../definition/define-jobs.ts";
import type { JobDefinitions } from "../definition/job-definition.ts";
import { checkRetention, DEFAULT_RETENTION, type Retention } from "../job/retention.ts";
import { checkOptionNames } from "../job/check-option-names.ts";
import { hasMethods } from "../job/has-methods.ts";
import { checkInstant } from "../job/new-job.ts";
import { shown } from "../job/shown.ts";
import { checkClock } from "../store/check-clock.ts";
import type { Store } from "../store/store.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { checkLease } from "../worker/worker-options.ts";

export interface QueueOptions<D extends JobDefinitions, S extends Store> {
  readonly store: S;
  /** The types of jobs, by `defineJobs`. Absent: any type, any payload. */
  readonly jobs?: D | undefined;
  /** How long finished jobs are kept. Default: completed and cancelled 24 hours, dead 7 days. */
  readonly retention?: Partial<Retention> | undefined;
  /** The lease of jobs that are claimed by hand, 100 ms to 1 hour. Default: 30,000. */
  readonly leaseMs?: number | undefined;
  /** Default: the store's, where it has one, else the machine's. */
  readonly clock?: Clock | undefined;
  /** Gives numbers from 0 to 1. Default: Math.random. */
  readonly random?: (() => number) | undefined;
}

const NAMES = new Set(["store", "jobs", "retention", "leaseMs", "clock", "random"]);

/** Checks the options and fills in the defaults. */
export function resolveQueueOptions<D extends JobDefinitions, S extends Store>(
  given: QueueOptions<D, S>,
) {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(
      `new Queue() takes an object such as { store, jobs }, but got ${shown(given)}`,
    );
  }
  const options = checkOptionNames(given, NAMES);
  const { store, jobs, random = Math.random } = options;
  if (!hasMethods(store, "store", ["commit", "get", "close"])) {
    throw new TypeError(
      `store must be a store such as new MemoryStore() or openSqliteStore(path), but is ${shown(store)}`,
    );
  }
  if (typeof random !== "function")
    throw new TypeError(`random must be a function, but is ${shown(random)}`);
  return {
    store,
    jobs: jobs === undefined ? undefined : checkedJobs(jobs),
    retention: checkRetention(options.retention ?? {}, DEFAULT_RETENTION),
    leaseMs: checkLease(options.leaseMs),
    clock: wholeMilliseconds(checkClock(options.clock ?? store.clock ?? systemClock)),
    random,
  };
}

/** Stores keep integers, whatever a clock gives. */
function wholeMilliseconds(clock: Clock): Clock {
  return {
    now: () => checkInstant(Math.floor(clock.now()), "clock.now()"),
    monotonic: () => clock.monotonic(),
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs),
    clearTimeout: (handle) => clock.clearTimeout(handle),
    ...(clock.soon !== undefined && { soon: (callback) => clock.soon?.(callback) }),
  };
}
