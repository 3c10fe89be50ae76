import { definitionOf } from "../definition/define-jobs.ts";
import type { JobDefinitions } from "../definition/job-definition.ts";
import { ownBackoff } from "../definition/own-backoff.ts";
import { abandon } from "../job/abandon.ts";
import { bury } from "../job/damaged.ts";
import { observe, type Sightings } from "../job/given-up.ts";
import type { Instant } from "../job/instant.ts";
import type { Job, WorkerId } from "../job/job.ts";
import { pruneBefore, type Retention } from "../job/retention.ts";
import type { GroupCommit } from "../store/group-commit.ts";
import type { Patience } from "../store/patience.ts";
import { pruneInChunks } from "../store/prune-in-chunks.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "../time/clock.ts";

interface CaretakerOptions {
  readonly store: Store;
  readonly group: GroupCommit;
  readonly clock: Clock;
  readonly patience: Patience;
  readonly retention: Retention;
  readonly definitions: JobDefinitions;
  /** The number of the worker it works for: others judge that one. */
  readonly self: () => WorkerId | undefined;
  /** Whether that one's beats reach the store. */
  readonly isBeating: () => boolean;
  readonly leaseMs: number;
  readonly onAbandoned: (job: Job) => void;
  readonly onError: (error: unknown) => void;
}

const LONGEST_LOOK_MS = 1_000;
const PRUNE_EVERY_MS = 60_000;
const CHUNK = 500;

/** Looks after what others left: gives up silent workers, fails the jobs they held, deletes what is old. */
export class Caretaker {
  readonly #options: CaretakerOptions;
  #sightings: Sightings = new Map();
  #lookedAt: number;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #prunedAt = Number.NEGATIVE_INFINITY;
  #timer: unknown;
  #round: Promise<void> = Promise.resolve();
  #watch: Disposable | undefined;
  /** Whether somebody was lost since the round under way has begun. */
  #again = false;
  #isGoing = false;
  #stopped = false;

  constructor(options: CaretakerOptions) {
    this.#options = options;
    this.#lookedAt = options.clock.monotonic();
  }

  start(): void {
    this.#watch = this.#options.store.watch?.(() => this.#hurry(), "lost");
    this.#round = this.#goRound();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watch?.[Symbol.dispose]();
    this.#options.clock.clearTimeout(this.#timer);
    await this.#round;
  }

  #hurry(): void {
    this.#again = this.#isGoing;
    if (this.#isGoing || this.#stopped) return;
    this.#options.clock.clearTimeout(this.#timer);
    this.#round = this.#goRound();
  }

  async #goRound(): Promise<void> {
    this.#isGoing = true;
    try {
      const lost = await this.#lookAtWorkers();
      if (lost || this.#isDue(this.#sweptAt, this.#options.leaseMs)) await this.#sweep();
      if (this.#isDue(this.#prunedAt, PRUNE_EVERY_MS)) await this.#prune();
    } catch (error) {
      this.#options.onError(error);
    }
    this.#isGoing = false;
    if (this.#stopped) return;
    const everyMs = this.#again ? 0 : Math.min(this.#options.leaseMs / 3, LONGEST_LOOK_MS);
    this.#again = false;
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#round = this.#goRound();
    }, everyMs);
  }

  /** Says whether some worker was given up. */
  async #lookAtWorkers(): Promise<boolean> {
    const { store, patience, clock } = this.#options;
    // It watches anew once its own beats get through again.
    if (await this.#isBlind()) this.#sightings = new Map();
    const all = await patience.try(() => store.workers());
    const workers = all.filter(({ id }) => id !== this.#options.self());
    const now = clock.monotonic();
    const { sightings, givenUp } = observe(this.#sightings, workers, now - this.#lookedAt);
    this.#sightings = sightings;
    this.#lookedAt = now;
    for (const { id, gone, beat } of givenUp) {
      // A worker that has beaten since is not given up; one that is gone cannot.
      await patience.try(() => (gone ? store.leave(id) : store.leave(id, beat)));
    }
    return givenUp.length > 0;
  }

  /** Whether others may be silent only because the store takes no beats: not even its own. */
  async #isBlind(): Promise<boolean> {
    const { isBeating, clock } = this.#options;
    if (isBeating()) return false;
    // Where a handler has held up the event loop, the news of its beats is about to be heard.
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, 1));
    return !isBeating();
  }

  /** Fails every job that no worker holds any more. */
  async #sweep(): Promise<void> {
    const { store, patience, group, clock, onAbandoned } = this.#options;
    while (!this.#stopped) {
      const orphans = await patience.try(() =>
        store.list({ states: ["running"], orphaned: true, limit: CHUNK }),
      );
      if (orphans.length === 0) {
        this.#sweptAt = clock.monotonic();
        return;
      }
      const next = orphans.map((job) => this.#abandon(job, clock.now()));
      const { replaced } = await group.submit({ replace: next, add: [] });
      for (const [index, job] of next.entries())
        if (replaced[index] === "written") onAbandoned(job);
      // Others have been quicker, or these cannot be written: either way there is no hurry.
      if (!replaced.includes("written")) return;
    }
  }

  #abandon(job: Job, now: Instant): Job {
    // By its row it runs, and its record is so damaged that nobody can hold it.
    if (job.state !== "running") return bury(job, now);
    const definition = definitionOf(this.#options.definitions, job.type);
    return abandon(job, now, ownBackoff(job, undefined, definition));
  }

  async #prune(): Promise<void> {
    const { store, patience, clock, retention } = this.#options;
    this.#prunedAt = clock.monotonic();
    const before = pruneBefore(retention, clock.now());
    const pause = async () => {
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, 1));
      return !this.#stopped;
    };
    if (!this.#stopped) await pruneInChunks({ store, patience, clock, before, pause });
  }

  #isDue(last: number, everyMs: number): boolean {
    return this.#options.clock.monotonic() - last >= everyMs;
  }
}
