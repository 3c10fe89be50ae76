/** What went wrong among `n` jobs, each of which is to run once. */
export interface Trouble {
  readonly errors: number;
  /** Jobs that ran more than once. */
  readonly twice: number;
  /** Jobs that never ran. */
  readonly never: number;
}

/** Ticks off `n` jobs as they run. */
export class Ticks {
  /** When the first line of each job's handler ran, in µs of `process.hrtime`, which on one machine all processes share. */
  readonly ranAt: Float64Array;
  /** Resolves when as many jobs as there are were stored as completed. */
  readonly allStored: Promise<void>;
  readonly #resolve: () => void;
  #stored = 0;
  #errors = 0;
  #twice = 0;

  constructor(n: number) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.allStored = promise;
    this.#resolve = resolve;
    this.ranAt = new Float64Array(n);
  }

  get trouble(): Trouble {
    const never = this.ranAt.filter((instant) => instant === 0).length;
    return { errors: this.#errors, twice: this.#twice, never };
  }

  /** The first line of a job's handler. */
  ran(index: number): void {
    if (this.ranAt[index] === 0) this.ranAt[index] = micros();
    else this.#twice++;
  }

  /** A job is stored as completed. */
  stored(): void {
    if (++this.#stored === this.ranAt.length) this.#resolve();
  }

  failed(error: unknown): void {
    this.#errors++;
    if (this.#errors === 1) console.error(error);
  }
}

/** The time on a clock that all processes of one machine share (on Linux CLOCK_MONOTONIC), in µs. */
export function micros(): number {
  return Number(process.hrtime.bigint()) / 1_000;
}
