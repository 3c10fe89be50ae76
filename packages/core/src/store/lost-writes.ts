import type { Job } from "../job/job.ts";
import type { Patience } from "./patience.ts";
import type { Replaced, Store } from "./store.ts";

/** Remembers the jobs of writes whose answer was lost, and finds out whether it was those that made a later one stale. */
export class LostWrites {
  readonly #store: Pick<Store, "get">;
  readonly #patience: Patience;
  readonly #jobs = new WeakSet<Job>();
  #any = false;

  constructor(store: Pick<Store, "get">, patience: Patience) {
    this.#store = store;
    this.#patience = patience;
  }

  add(jobs: readonly Job[]): void {
    for (const job of jobs) this.#jobs.add(job);
    this.#any = true;
  }

  /** Whether it is unknown what some of these outcomes mean. */
  concerns(jobs: readonly Job[], outcomes: readonly Replaced[]): boolean {
    return this.#any && jobs.some((job, at) => this.isDoubtful(job, outcomes[at]));
  }

  /** The outcomes of the write that counted: the one whose answer was lost, if the store has just what it wrote. */
  async clear(jobs: readonly Job[], outcomes: readonly Replaced[]): Promise<readonly Replaced[]> {
    const unclear = jobs.filter((job, at) => this.isDoubtful(job, outcomes[at]));
    const seqs = unclear.map(({ seq }) => seq);
    const stored = await this.#patience.try(() => this.#store.get(seqs));
    const written = new Set<Job>();
    const known = new Set(jobs.flatMap(({ seq }, at) => (outcomes[at] === "written" ? [seq] : [])));
    for (const [at, job] of unclear.entries()) {
      // Of two that wrote the same, one did.
      if (isWritten(job, stored[at]) && !known.has(job.seq)) {
        written.add(job);
        known.add(job.seq);
      }
      // Where another write is found in its place, this one was never done.
      if (stored[at]?.revision === job.revision) this.#jobs.delete(job);
    }
    return jobs.map((job, at) => (written.has(job) ? "written" : (outcomes[at] ?? "stale")));
  }

  /**
   * Whether it is open what became of it: its answer was lost, and so far the store has something newer, or another job
   * has its key; what was first asked for may be done, or be done yet.
   */
  isDoubtful(job: Job, outcome: Replaced | undefined): boolean {
    return outcome !== "written" && this.#jobs.has(job);
  }
}

/** No two writes of one revision that differ agree in all of these. */
function isWritten(job: Job, stored: Job | undefined): boolean {
  return stored !== undefined && trace(job) === trace(stored);
}

function trace(job: Job): string {
  const { revision, state, attempt, runAt, failures } = job;
  const end = "finishedAt" in job ? job.finishedAt : undefined;
  const result = job.state === "completed" ? job.result : undefined;
  const failure = failures.at(-1);
  return JSON.stringify([revision, state, attempt, runAt, end, result, failure?.kind, failure?.at]);
}
