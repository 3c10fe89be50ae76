import { StoreError } from "../store/store-error.ts";
import type { Clock } from "../time/clock.ts";

const LEAST_MS_BETWEEN = 500;

/** Keeps a store in trouble from being told of by each part of a worker: the same words come twice a second at the most. */
export class Complaints {
  readonly #clock: Clock;
  /** By message, on the monotonic clock. */
  readonly #toldAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it is to be told; remembers that it was. */
  isNew(error: unknown): boolean {
    if (!(error instanceof StoreError)) return true;
    const now = this.#clock.monotonic();
    const toldAt = this.#toldAt.get(error.message);
    if (toldAt !== undefined && now - toldAt < LEAST_MS_BETWEEN) return false;
    for (const [message, at] of this.#toldAt)
      if (now - at >= LEAST_MS_BETWEEN) this.#toldAt.delete(message);
    this.#toldAt.set(error.message, now);
    return true;
  }
}
