import { holdsKey } from "../job/holds-key.ts";
import type { AdoptedBatch, AdoptedJob } from "../store/adopter.ts";

const MOST_ROWS = 1_000;
const MOST_TEXT = 4 * 1024 * 1024;

/** Gathers what is to be written to the target in one go. */
export class Batch {
  #jobs: AdoptedJob[] = [];
  #gone: number[] = [];
  #keys = new Set<string>();
  #text = 0;

  /** What has gathered, which is then forgotten here. */
  empty(): AdoptedBatch {
    const batch = { jobs: this.#jobs.sort((a, b) => a.job.seq - b.job.seq), gone: this.#gone };
    this.#jobs = [];
    this.#gone = [];
    this.#keys.clear();
    this.#text = 0;
    return batch;
  }

  get size(): number {
    return this.#jobs.length + this.#gone.length;
  }

  /** Whether this job, or a number that is gone, has to wait for the next batch. */
  isFullFor(item: AdoptedJob | undefined): boolean {
    const text = item === undefined ? 0 : textOf(item);
    return this.size >= MOST_ROWS || (this.size > 0 && this.#text + text > MOST_TEXT);
  }

  /**
   * Adds a job; not one whose key another job of the batch holds, as it may be where the key went over while both were read.
   * It is found missing when the jobs are compared again.
   */
  add(item: AdoptedJob): void {
    const { type, uniqueKey } = item.job;
    if (holdsKey(item.job)) {
      const key = JSON.stringify([type, uniqueKey]);
      if (this.#keys.has(key)) return;
      this.#keys.add(key);
    }
    this.#jobs.push(item);
    this.#text += textOf(item);
  }

  addGone(seq: number): void {
    this.#gone.push(seq);
  }
}

function textOf({ job, notes }: AdoptedJob): number {
  const result = job.state === "completed" ? (job.result ?? "") : "";
  const failures = job.failures.reduce(
    (sum, { message, stack = "" }) => sum + message.length + stack.length,
    0,
  );
  const log = notes?.log.reduce((sum, { line }) => sum + line.length, 0) ?? 0;
  return job.payload.length + result.length + failures + log + (notes?.progress?.length ?? 0);
}
