import { type FinishedJob, isFinished, type Job } from "../job/job.ts";
import type { Patience } from "../store/patience.ts";
import type { Replaced, Store } from "../store/store.ts";
import type { Clock } from "../time/clock.ts";
import type { Turn } from "../time/turn.ts";

interface AwaitedJobsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly turn: Turn;
  readonly patience: Patience;
}

interface Waiter {
  readonly id: string;
  /** Undefined: there is no such job. */
  readonly resolve: (job: FinishedJob | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Behind the hints, which may be missed. */
const POLL_MS = 1_000;
const PER_READ = 1_000;

/** After a look it rests for this many times what the look took, however many hints there are. */
const REST_PER_LOOK = 4;

/** Waits for jobs to finish: one look at the store for all who wait, at each hint and once a second. */
export class AwaitedJobs {
  readonly #options: AwaitedJobsOptions;
  readonly #waiters = new Map<number, Set<Waiter>>();
  #scheduled = false;
  #looking = false;
  #hinted = false;
  /** On the monotonic clock. */
  #restUntil = 0;
  #pollTimer: unknown;

  constructor(options: AwaitedJobsOptions) {
    this.#options = options;
  }

  /** The job once it is finished, undefined where there is none; rejects with the reason of `signal`. */
  async finished(id: string, seq: number, signal?: AbortSignal): Promise<FinishedJob | undefined> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<FinishedJob | undefined>();
    const waiter: Waiter = { id, resolve, reject };
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort);
    this.#add(seq, waiter);
    this.hint();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#remove(seq, waiter);
    }
  }

  /** Something may have finished. */
  hint(): void {
    this.#hinted = true;
    if (this.#scheduled || this.#looking || this.#waiters.size === 0) return;
    this.#scheduled = true;
    const { clock, turn } = this.#options;
    const restMs = this.#restUntil - clock.monotonic();
    const look = () => {
      this.#scheduled = false;
      void this.#look();
    };
    if (restMs > 0) clock.setTimeout(look, restMs);
    else turn.next(look);
  }

  /** This process has written those of the jobs whose outcome says so. */
  notice(jobs: readonly Job[], outcomes: readonly Replaced[]): void {
    if (this.#waiters.size === 0) return;
    const written = jobs.filter((_, index) => outcomes[index] === "written");
    for (const job of written) if (this.#waiters.has(job.seq)) this.#learn(job.seq, job);
  }

  /** Nobody will be told any more. */
  close(error: unknown): void {
    this.#reject([...this.#waiters.keys()], error);
  }

  async #look(): Promise<void> {
    const { clock } = this.#options;
    this.#looking = true;
    this.#hinted = false;
    clock.clearTimeout(this.#pollTimer);
    const startedAt = clock.monotonic();
    const seqs = [...this.#waiters.keys()];
    for (let from = 0; from < seqs.length; from += PER_READ)
      await this.#lookAt(seqs.slice(from, from + PER_READ));
    const now = clock.monotonic();
    this.#restUntil = now + REST_PER_LOOK * (now - startedAt);
    this.#looking = false;
    if (this.#hinted) this.hint();
    else if (this.#waiters.size > 0) this.#pollTimer = clock.setTimeout(() => this.hint(), POLL_MS);
  }

  async #lookAt(seqs: readonly number[]): Promise<void> {
    const { store, patience } = this.#options;
    try {
      const jobs = await patience.try(() => store.get(seqs));
      for (const [index, seq] of seqs.entries()) this.#learn(seq, jobs[index]);
    } catch (error) {
      this.#reject(seqs, error);
    }
  }

  #learn(seq: number, job: Job | undefined): void {
    for (const { id, resolve } of this.#waiters.get(seq) ?? []) {
      if (job?.id !== id) resolve(undefined);
      else if (isFinished(job)) resolve(job);
    }
  }

  #reject(seqs: readonly number[], error: unknown): void {
    for (const seq of seqs) for (const { reject } of this.#waiters.get(seq) ?? []) reject(error);
  }

  #add(seq: number, waiter: Waiter): void {
    const others = this.#waiters.get(seq);
    if (others === undefined) this.#waiters.set(seq, new Set([waiter]));
    else others.add(waiter);
  }

  #remove(seq: number, waiter: Waiter): void {
    const waiters = this.#waiters.get(seq);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(seq);
    if (this.#waiters.size === 0) this.#options.clock.clearTimeout(this.#pollTimer);
  }
}
