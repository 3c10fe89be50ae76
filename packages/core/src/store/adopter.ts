import type { Job, WorkerId } from "../job/job.ts";
import type { Notes } from "../job/notes.ts";
import type { Awaitable } from "./awaitable.ts";

/**
 * How an empty store takes over the jobs of another one, its salt and its numbers: `begin`, any number of `take`, `end`.
 * The store remembers in its own data that a move is under way, so that it can be taken up by another process.
 *
 * From the first `begin` to the `end`, on every connection, also on those that were open before: `commit` (also within a
 * caller's transaction), `join`, `prune` and a change by `pause` throw `StoreMoving` and do nothing; what reads answers with
 * what has been taken so far. Whoever has the store open when a move begins never gives a job an id with the old salt.
 *
 * As with every method of a store, what throws has done nothing. Each of these may be carried out twice for one call.
 */
export interface Adopter {
  /**
   * Begins a move, or takes it up again, in one atomic write.
   *
   * - In a store that has no job, had none before, has no worker and is under no move, the move begins: the store takes over
   *   `salt`, and pauses the types of `paused`.
   * - Where a move from a store with this salt is under way it is taken up: `paused` is not looked at, and runs that began
   *   before this one can `take` and `end` no more.
   * - Where one has ended nothing is done; `endedAt` says so.
   *
   * Else it throws `MoveRefused`: the store is in use, has this salt without having been moved into, or is half moved from
   * a store with another salt.
   */
  begin(source: AdoptedSource): Awaitable<Adoption>;

  /**
   * Makes of the store's jobs what `batch` says, in one atomic write: deletes those whose numbers are `gone` with their
   * notes, and writes each job of `jobs` with its notes, whatever the store has under its number: with all that it is, its
   * revision and its `ready` too. Where another job holds the unique key of one that is written, that other job is deleted:
   * it is an old copy, and comes again. Throws `MoveRefused` where `run` is not the latest.
   */
  take(run: number, batch: AdoptedBatch): Awaitable<void>;

  /**
   * Ends the move in one atomic write. The next job gets a number above `last.seq`, the next worker one above
   * `last.worker`; 0 is none. Done again for the run that has ended it, it does nothing. Throws `MoveRefused` where `run` is
   * not the latest.
   */
  end(run: number, last: { readonly seq: number; readonly worker: WorkerId }): Awaitable<void>;
}

/** What is moved. */
export interface AdoptedSource {
  readonly salt: number;
  /** The types that its users have paused. */
  readonly paused: readonly string[];
}

export interface Adoption {
  /** Rises with each `begin`. */
  readonly run: number;
  /** Where the move has ended: `last.seq` of its end. */
  readonly endedAt: number | undefined;
}

/** At most 1,000 jobs with 4 Mi characters of text, but for one larger job. */
export interface AdoptedBatch {
  /** In the order of their numbers, each there once, no two of which hold the same unique key. */
  readonly jobs: readonly AdoptedJob[];
  /** Numbers of jobs that the source has no more; none of them is in `jobs`. */
  readonly gone: readonly number[];
}

export interface AdoptedJob {
  /** Its id is the one that its `createdAt`, the salt and its number make. */
  readonly job: Job;
  readonly notes: Notes | undefined;
}
