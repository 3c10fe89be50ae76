import type { RunningJob } from "../job/job.ts";
import { HeldJob, type NoteTaker } from "./held-job.ts";

interface Waiting {
  readonly held: HeldJob;
  /** On the monotonic clock. */
  readonly since: number;
}

/** The jobs that were claimed ahead and wait in the worker for a slot. */
export class Lineup {
  readonly #notebook: NoteTaker;
  readonly #ofType = new Map<string, number>();
  #waiting: Waiting[] = [];
  #head = 0;

  constructor(notebook: NoteTaker) {
    this.#notebook = notebook;
  }

  get size(): number {
    return this.#waiting.length - this.#head;
  }

  sizeOf(type: string): number {
    return this.#ofType.get(type) ?? 0;
  }

  /** When the first in line began to wait. */
  get oldestSince(): number | undefined {
    return this.#waiting[this.#head]?.since;
  }

  add(job: RunningJob, since: number): HeldJob {
    const held = new HeldJob(job, this.#notebook);
    this.#waiting.push({ held, since });
    this.#ofType.set(job.type, this.sizeOf(job.type) + 1);
    return held;
  }

  next(): HeldJob | undefined {
    const first = this.#waiting[this.#head];
    if (first === undefined) return undefined;
    this.#head++;
    // Jobs that have left the line, and their payloads, are soon forgotten.
    if (this.#head >= this.size) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    this.#count(first.held);
    return first.held;
  }

  /** Takes out those of which `isOut` says so. */
  remove(isOut: (held: HeldJob, since: number) => boolean): readonly HeldJob[] {
    const line = this.#waiting.slice(this.#head);
    const out = line.filter(({ held, since }) => isOut(held, since));
    if (out.length === 0) return [];
    const gone = new Set(out);
    this.#waiting = line.filter((waiting) => !gone.has(waiting));
    this.#head = 0;
    return out.map(({ held }) => {
      this.#count(held);
      return held;
    });
  }

  #count({ record: { type } }: HeldJob): void {
    this.#ofType.set(type, this.sizeOf(type) - 1);
  }
}
