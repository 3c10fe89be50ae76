import type { Awaitable } from "./store.ts";
import { StoreBusy } from "./store-error.ts";
import type { Clock } from "../time/clock.ts";

/** A call that meets a busy store is made again for this long. */
const BUDGET_MS = 30_000;

const FIRST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 250;

/** Makes calls to a store again while it is busy, without holding up the event loop. */
export class Patience {
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** What `call` gives: at once where the store is synchronous and not busy. */
  try<T>(call: () => Awaitable<T>): Awaitable<T> {
    try {
      const given = call();
      return given instanceof Promise
        ? given.catch((error: unknown) => this.#again(call, error))
        : given;
    } catch (error) {
      return this.#again(call, error);
    }
  }

  async #again<T>(call: () => Awaitable<T>, first: unknown): Promise<T> {
    const deadline = this.#clock.monotonic() + BUDGET_MS;
    let error = first;
    for (let longest = FIRST_WAIT_MS; ; longest = Math.min(longest * 2, LONGEST_WAIT_MS)) {
      if (!(error instanceof StoreBusy) || this.#clock.monotonic() >= deadline) throw error;
      await this.#wait(longest * (0.5 + this.#random() / 2));
      try {
        return await call();
      } catch (next) {
        error = next;
      }
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimeout(resolve, ms);
    });
  }
}
