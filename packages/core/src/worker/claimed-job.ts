import type { JobDefinitions, PayloadOutput, TypeName } from "../definition/job-definition.ts";
import type { JobId } from "../definition/job-view.ts";
import type { Failure } from "../job/failure.ts";
import type { Instant } from "../job/instant.ts";
import { seqOfJobId } from "../job/job-id.ts";
import { toJsonText } from "../job/json-text.ts";
import { logLine } from "../job/notes.ts";
import { shown } from "../job/shown.ts";
import type { Clock } from "../time/clock.ts";
import type { HeldJob } from "./held-job.ts";

/** A claimed job as its handler gets it. */
export type ClaimedJob<
  D extends JobDefinitions,
  T extends TypeName<D> = TypeName<D>,
> = D extends unknown ? ClaimedAs<T, PayloadOutput<D, T>> : never;

/** A claimed job by what its type says; messages of the compiler then name that, and not all definitions. */
export interface ClaimedAs<T extends string, P> {
  readonly id: JobId<T>;
  readonly type: T;
  /** The output of the type's schema; a fresh copy. */
  readonly payload: P;
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
  /**
   * Tells how far the work is: any JSON, which `queue.get` gives as `progress`. Only the latest value is kept, and it
   * is written at most twice a second, and with the settling. Does nothing once the job is not held any more.
   */
  readonly progress: (value: unknown) => void;
  /** Keeps a line, cut at 1 KiB, which `queue.get` gives in `log`: of all attempts together the latest 100. */
  readonly log: (line: string) => void;
}

/** Each of the types with its own payload. */
export type AnyClaimedJob<D extends JobDefinitions> = ClaimedOf<D, TypeName<D>>;

/** A claimed job of one of the types. */
export type ClaimedOf<D extends JobDefinitions, T extends TypeName<D>> = T extends unknown
  ? ClaimedAs<T, PayloadOutput<D, T>>
  : never;

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
  readonly #clock: Clock;

  constructor(held: HeldJob, payload: unknown, clock: Clock) {
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
    this.#clock = clock;
  }

  get signal(): AbortSignal {
    return this.#held.signal;
  }

  // Functions of their own rather than methods: handlers take them out of the job.
  get progress(): (value: unknown) => void {
    return (value) => this.#held.note({ progress: toJsonText(value, "progress"), log: [] });
  }

  get log(): (line: string) => void {
    return (line) => {
      if (typeof line !== "string")
        throw new TypeError(`a log line must be a string, but is ${shown(line)}`);
      const logged = logLine(this.#held.record, line, this.#clock.now());
      this.#held.note({ progress: undefined, log: [logged] });
    };
  }

  static heldBy(job: object): HeldJob | undefined {
    return #held in job ? job.#held : undefined;
  }
}

/** What a handler gets for a job that is held. */
export function claimedJob<D extends JobDefinitions>(
  held: HeldJob,
  payload: unknown,
  clock: Clock,
): AnyClaimedJob<D> {
  return new Claimed(held, payload, clock) as unknown as AnyClaimedJob<D>;
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
