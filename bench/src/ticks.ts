import { inspect } from "node:util";

/** What went wrong among `n` jobs, each of which is to run once. */
export interface Trouble {
  readonly errors: number;
  /** Jobs that ran more than once, or were stored so. */
  readonly twice: number;
  /** Jobs that never ran, or were not stored. */
  readonly never: number;
}

/** For so long nothing may be stored before a round is given up. */
const PATIENCE_MS = 30_000;

/** Ticks off `n` jobs as they run. */
export class Ticks {
  /** Not 0 for each job whose handler ran: with `timed` when its first line did, in `micros`. */
  readonly ranAt: Float64Array;
  readonly #timed: boolean;
  readonly #all = Promise.withResolvers<void>();
  #stored = 0;
  #errors = 0;
  #firstError = "";
  #twice = 0;

  constructor(n: number, { timed = false } = {}) {
    this.ranAt = new Float64Array(n);
    this.#timed = timed;
  }

  get trouble(): Trouble {
    const never = this.ranAt.filter((instant) => instant === 0).length;
    return { errors: this.#errors, twice: this.#twice, never };
  }

  /** How many were stored as completed. */
  get count(): number {
    return this.#stored;
  }

  /** The first line of a job's handler. */
  ran(index: number): void {
    if (this.ranAt[index] === 0) this.ranAt[index] = this.#timed ? micros() : 1;
    else this.#twice++;
  }

  /** A job is stored as completed. */
  stored(): void {
    this.#stored++;
    if (this.#stored === this.ranAt.length) this.#all.resolve();
  }

  failed(error: unknown): void {
    this.#errors++;
    if (this.#errors === 1) console.error(error);
    if (this.#errors === 1) this.#firstError = `; its first error: ${inspect(error).slice(0, 200)}`;
  }

  /** Resolves when as many as there are were stored as completed; rejects when that comes to a standstill. */
  async done(): Promise<void> {
    let seen = -1;
    const timer = setInterval(() => {
      if (this.#stored !== seen) seen = this.#stored;
      else this.#all.reject(new Error(this.#standstill()));
    }, PATIENCE_MS);
    try {
      await this.#all.promise;
    } finally {
      clearInterval(timer);
    }
  }

  #standstill(): string {
    return `stood still for ${PATIENCE_MS / 1_000} s after ${this.#stored} of ${this.ranAt.length} jobs${this.#firstError}`;
  }
}

/** The time on a clock that all processes of one machine share (on Linux CLOCK_MONOTONIC), in µs. */
export function micros(): number {
  return Number(process.hrtime.bigint()) / 1_000;
}
