import type { JobDefinitions, PayloadOutput, TypeName } from "../definition/job-definition.ts";
import type { JobId } from "../definition/job-view.ts";
import type { Failure } from "../job/failure.ts";
import type { Instant } from "../job/instant.ts";
import { seqOfJobId } from "../job/job-id.ts";
import type { HeldJob } from "./held-job.ts";

/** A claimed job as its handler gets it. */
export interface ClaimedJob<D extends JobDefinitions, T extends TypeName<D> = TypeName<D>> {
  readonly id: JobId<T>;
  readonly type: T;
  /** The output of the type's schema; a fresh copy. */
  readonly payload: PayloadOutput<D, T>;
  /** The number of this attempt: 1, 2, … */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly priority: number;
  readonly createdAt: Instant;
  readonly runAt: Instant;
  readonly claimedAt: Instant;
  readonly timeoutMs: number | undefined;
  readonly uniqueKey: string | undefined;
  /** How earlier attempts failed, oldest first. */
  readonly failures: readonly Failure[];
  /**
   * Is aborted when the handler should end: the job was cancelled (`JobCancelled`), its lease was lost (`LeaseLost`),
   * its time is up (`JobTimedOut`), or the worker stops and the grace is over (`WorkerStopping`).
   */
  readonly signal: AbortSignal;
}

/** Each of the types with its own payload. */
export type AnyClaimedJob<D extends JobDefinitions> = {
  [T in TypeName<D>]: ClaimedJob<D, T>;
}[TypeName<D>];

class Claimed {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly priority: number;
  readonly createdAt: Instant;
  readonly runAt: Instant;
  readonly claimedAt: Instant;
  readonly timeoutMs: number | undefined;
  readonly uniqueKey: string | undefined;
  readonly failures: readonly Failure[];
  readonly #held: HeldJob;

  constructor(held: HeldJob, payload: unknown) {
    const { record } = held;
    this.id = record.id;
    this.type = record.type;
    this.payload = payload;
    this.attempt = record.attempt;
    this.maxAttempts = record.maxAttempts;
    this.priority = record.priority;
    this.createdAt = record.createdAt;
    this.runAt = record.runAt;
    this.claimedAt = record.claimedAt;
    this.timeoutMs = record.timeoutMs;
    this.uniqueKey = record.uniqueKey;
    this.failures = record.failures.map((failure) => ({ ...failure }));
    this.#held = held;
  }

  get signal(): AbortSignal {
    return this.#held.signal;
  }

  static heldBy(job: object): HeldJob | undefined {
    return #held in job ? job.#held : undefined;
  }
}

/** What a handler gets for a job that is held. */
export function claimedJob<D extends JobDefinitions>(
  held: HeldJob,
  payload: unknown,
): AnyClaimedJob<D> {
  return new Claimed(held, payload) as unknown as AnyClaimedJob<D>;
}

/** The held job behind what a handler or `claim` was given; throws for anything else, and for another database's. */
export function heldJob(job: unknown, salt: number): HeldJob {
  const held = typeof job === "object" && job !== null ? Claimed.heldBy(job) : undefined;
  if (held === undefined) {
    throw new TypeError(
      "expected a claimed job, as queue.claim() or a handler gets it: pass that very object",
    );
  }
  seqOfJobId(held.record.id, salt);
  return held;
}
