import type { ClaimLimits } from "../job/claim-picker.ts";
import type { Counts } from "../job/format-summary.ts";
import type { WorkerRecord } from "../job/given-up.ts";
import type { Instant } from "../job/instant.ts";
import type { Job, NewJob, RunningJob, WorkerId } from "../job/job.ts";
import type { Note, Notes } from "../job/notes.ts";
import type { PruneBefore } from "../job/retention.ts";
import type { JobState } from "../job/state.ts";
import type { Clock } from "../time/clock.ts";
import type { Adopter } from "./adopter.ts";
import type { Awaitable } from "./awaitable.ts";
import type { Examination } from "./examination.ts";

export type { Awaitable } from "./awaitable.ts";

/**
 * Where jobs live. A store keeps jobs and finds them; what a job may become is decided in `job/`. `storeSuite` of
 * `@turno/testkit` holds an implementation to what is said here.
 *
 * A method that cannot do its work throws (or rejects with) a `StoreError`, and then has done nothing. Only where it
 * cannot know does it throw `AnswerLost`: what was asked may be done, or not, or be done yet. Whoever has lost an answer
 * may ask again, but for a `commit` that adds or claims: no store does that one twice for one call.
 */
export interface Store {
  /**
   * The random number of this database, below 2³⁴, part of every job's id. It is kept for ever, but for a store that has
   * had no job yet: a move into it gives it the salt of the store that is moved.
   */
  readonly salt: number;

  /** How many commits of one queue may be under way at once, where it gains by that. Default: 1. */
  readonly commitsAtOnce?: number;

  /** What queues on this store go by that are given no clock, where it knows a better one than the platform's. */
  readonly clock?: Clock;

  /**
   * One atomic, durable write, in this order: adds each note whose job `takesNote`, as `noted` says, and drops the
   * others; writes each job of `replace` whose stored revision is the one before its own; adds jobs, whose revision
   * is 1; makes up to 1,000 due jobs ready, earliest first, and starts ready jobs for `claim` in claim order, as
   * `start` and `claimPicker` say, paused types left out. The answer tells of each job what became of it, in the same
   * order.
   */
  commit(write: Write): Awaitable<Committed>;

  /** A new worker: gives it a number that no worker of this database had before. */
  join(worker: { readonly leaseMs: number }): Awaitable<WorkerId>;

  /** A sign of life: one write. A worker that was given up is not known any more, and stays so. */
  beat(worker: WorkerId): Awaitable<BeatReply>;

  /** Beats from a place that a busy handler cannot hold up. Absent where there is none: then `beat` is called by timer. */
  heart?(worker: WorkerId, options: HeartOptions): Heart;

  /**
   * Forgets a worker, so that what it still holds is orphaned; does nothing if `beat` is given and no longer its
   * latest. Says whether it was forgotten.
   */
  leave(worker: WorkerId, beat?: number): Awaitable<boolean>;

  /** Every worker that has joined and not left. */
  workers(): Awaitable<readonly WorkerRecord[]>;

  /** For each row's number its job, or undefined where there is none. */
  get(seqs: readonly number[]): Awaitable<readonly (Job | undefined)[]>;

  /** For each row's number the notes of its job, or undefined where there are none. They go when the job is pruned. */
  notes(seqs: readonly number[]): Awaitable<readonly (Notes | undefined)[]>;

  /** Up to `limit` jobs that pass the filter, the newest (highest `seq`) first, each as it was at some moment of the call. */
  list(filter: ListFilter): Awaitable<readonly Job[]>;

  /** How many jobs are in each state, all at one moment, which is not before the call. */
  counts(): Awaitable<Counts>;

  /** The earliest `runAt` among the waiting jobs that are not ready; undefined where there is none. */
  nextDueAt(): Awaitable<Instant | undefined>;

  /** Pauses a type, or lets it go on, for every claim to come. Answers with the types that are paused now. */
  pause(change?: { readonly type: string; readonly paused: boolean }): Awaitable<readonly string[]>;

  /**
   * Deletes up to `limit` jobs that `isPrunable` says may go, but never the newest job of all, so that row numbers
   * are not given twice. Answers with how many it deleted.
   */
  prune(request: { readonly before: PruneBefore; readonly limit: number }): Awaitable<number>;

  /**
   * What the store finds of itself, for who wants to know whether all is well; changes nothing, and lets others go on
   * meanwhile as far as it can. Absent where there is nothing to find.
   */
  examine?(): Awaitable<Examination>;

  /**
   * Calls `listener` soon after another process or tab has made work ready, has finished some, or was lost with its
   * workers; a hint, which may be missed.
   */
  watch?(listener: () => void, what?: Watched): Disposable;

  /** Takes over what another store has. Absent where a store cannot be moved into. */
  readonly adopter?: Adopter;

  /** The same writes inside a transaction of the caller's. Absent where callers have none. */
  within?(transaction: never): { commit(write: Write): Awaitable<Committed> };

  /** Lets go of what the store holds; what was handed in is closed by who opened it. */
  close(): Awaitable<void>;
}

/** What is watched for. Default: `ready`. */
export type Watched = "ready" | "finished" | "lost";

export interface Write {
  readonly now: Instant;
  readonly note?: readonly Note[] | undefined;
  readonly replace?: readonly Job[] | undefined;
  readonly add?: readonly NewJob[] | undefined;
  readonly claim?: ClaimRequest | undefined;
}

export interface ClaimRequest extends ClaimLimits {
  readonly worker: WorkerId;
  /** The types it wants. Absent: any. */
  readonly types?: readonly string[] | undefined;
}

export interface Committed {
  readonly replaced: readonly Replaced[];
  readonly added: readonly Added[];
  /** In claim order. */
  readonly claimed: readonly RunningJob[];
  /** False where the worker that claims is not known: it was given up, and claims nothing. */
  readonly workerKnown: boolean;
}

/** `stale`: the job's revision has moved on, or the job is gone. A key that another job holds is not taken from it. */
export type Replaced = "written" | "stale" | { readonly keyHeldBy: string };

/** The id of the job that was added, or of the one that holds its key. */
export interface Added {
  readonly id: string;
  readonly added: boolean;
}

export interface BeatReply {
  /** False: the worker was given up, and holds nothing any more. */
  readonly known: boolean;
  /** The jobs it holds. */
  readonly holds: readonly { readonly seq: number; readonly revision: number }[];
}

export interface HeartOptions {
  readonly everyMs: number;
  readonly onReply: (reply: BeatReply) => void;
  readonly onError: (error: unknown) => void;
}

export interface Heart {
  /**
   * Says in how many milliseconds a handler will be so late that a worker which does not answer any more should be
   * given up: the heart then falls silent. Undefined: never.
   */
  silenceIn(ms: number | undefined): void;
  stop(): Awaitable<void>;
}

export interface ListFilter {
  readonly states?: readonly JobState[] | undefined;
  readonly types?: readonly string[] | undefined;
  /** Only running jobs whose worker is not known. */
  readonly orphaned?: boolean | undefined;
  /** Only jobs with a lower row number: the next page. */
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
}

/** How many due jobs one claim makes ready at the most. */
export const DUE_PER_CLAIM = 1_000;
