import { type AnyClaimedJob, JobCancelled, type JobDefinitions, type Worker } from "@turno/core";
import type { Run } from "./run.ts";

interface Ended {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly attempt?: number;
  readonly claimedAt?: number | undefined;
}

/** Writes down what workers tell of their runs. */
export class Journal<D extends JobDefinitions> {
  /** Those that have ended, in that order. */
  readonly runs: Run<D>[] = [];
  readonly #limit: number;
  readonly #running = new Map<string, AnyClaimedJob<D>>();
  #started = 0;
  #entries = 0;
  #error: { readonly error: unknown } | undefined;
  #onEntry: (() => void) | undefined;

  /** It holds so many runs at the most. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Rises with all that is told. */
  get entries(): number {
    return this.#entries;
  }

  /** Whether there were more runs than it holds. */
  get isOverfull(): boolean {
    return this.#started > this.#limit;
  }

  /** The job that has run longest of those that run. */
  get oldest(): AnyClaimedJob<D> | undefined {
    for (const job of this.#running.values()) return job;
    return undefined;
  }

  follow(worker: Worker<D>): void {
    worker.on("started", ({ job }) => this.#start(job));
    worker.on("completed", ({ job }) => this.#end(job, { result: job.result }));
    worker.on("failed", ({ job, error }) => this.#end(job, { error }));
    worker.on("dead", ({ job, error }) => this.#end(job, { error }));
    worker.on("snoozed", ({ job }) => this.#end(job));
    worker.on("released", ({ job }) => this.#running.has(job.id) && this.#end(job));
    worker.on("lost", ({ id, type, reason }) => {
      const state = reason instanceof JobCancelled ? "cancelled" : "lost";
      this.#end({ id, type, state }, { error: reason });
    });
    worker.on("error", ({ error }) => {
      this.#error ??= { error };
      this.#tell();
    });
  }

  /** Throws where something went wrong that is no handler's failure, or there are too many runs. */
  check(): void {
    if (this.#error !== undefined) throw this.#error.error;
    if (!this.isOverfull) return;
    const { id, type } = this.oldest ?? this.runs.at(-1) ?? { id: "", type: "" };
    throw new Error(
      `${this.#limit} runs were not enough: the last was of job ${id} (${JSON.stringify(type)}). ` +
        "If its handler snoozes or enqueues for ever, give drain a time as until; if there is so much to do, a limit",
    );
  }

  /** Whether something was told within `ms` of real time. */
  entryWithin(ms: number): Promise<boolean> {
    const seen = this.#entries;
    return new Promise((resolve) => {
      const over = () => {
        clearTimeout(timer);
        this.#onEntry = undefined;
        resolve(this.#entries !== seen);
      };
      const timer = setTimeout(over, ms);
      this.#onEntry = over;
    });
  }

  #start(job: AnyClaimedJob<D>): void {
    this.#started++;
    this.#running.set(job.id, job);
    this.#tell();
  }

  #end(job: Ended, outcome: { readonly result?: unknown; readonly error?: unknown } = {}): void {
    const { id, type, state } = job;
    // A job whose payload does not fit was never started.
    const { attempt, claimedAt } = this.#running.get(id) ?? job;
    this.#running.delete(id);
    const given = Object.entries(outcome).filter(([, value]) => value !== undefined);
    const run = { id, type, attempt, claimedAt, state, ...Object.fromEntries(given) };
    this.runs.push(run as unknown as Run<D>);
    this.#tell();
  }

  #tell(): void {
    this.#entries++;
    this.#onEntry?.();
  }
}
