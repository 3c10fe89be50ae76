import type { Awaitable } from "./store.ts";
import { AnswerLost, StoreBusy, StoreUnreachable } from "./store-error.ts";
import type { Clock } from "../time/clock.ts";

/** A call that finds the store busy, or gets no answer, is made again for this long. */
const BUDGET_MS = 30_000;

const FIRST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 250;

/** Makes calls to a store again that it was too busy for, that did not reach it, or that it did not answer, without holding up the event loop. */
export class Patience {
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * What `call` gives: at once where the store is synchronous and not busy. For calls that may be carried out twice, as
   * all of a store may but `commit`.
   */
  try<T>(call: () => Awaitable<T>): Awaitable<T> {
    return this.#try(call, (error) => mayPass(error) || error instanceof AnswerLost);
  }

  /** The same for a call that must not be carried out twice. */
  tryOnce<T>(call: () => Awaitable<T>): Awaitable<T> {
    return this.#try(call, wasRefused);
  }

  /** The same for a call of many parts, which is not made again where only some of them are in somebody's way. */
  tryWhole<T>(call: () => Awaitable<T>): Awaitable<T> {
    return this.#try(call, mayPass);
  }

  #try<T>(call: () => Awaitable<T>, passes: (error: unknown) => boolean): Awaitable<T> {
    const again = (error: unknown) => this.#again(call, error, passes);
    try {
      const given = call();
      return given instanceof Promise ? given.catch(again) : given;
    } catch (error) {
      return again(error);
    }
  }

  async #again<T>(
    call: () => Awaitable<T>,
    first: unknown,
    passes: (error: unknown) => boolean,
  ): Promise<T> {
    const deadline = this.#clock.monotonic() + BUDGET_MS;
    let error = first;
    for (let longest = FIRST_WAIT_MS; ; longest = Math.min(longest * 2, LONGEST_WAIT_MS)) {
      if (!passes(error) || this.#clock.monotonic() >= deadline) throw error;
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

/** Whether nothing was done because the store was not there for it, and may be in a moment. */
function wasRefused(error: unknown): boolean {
  return error instanceof StoreBusy || error instanceof StoreUnreachable;
}

/** Whether that is so of all that was asked for. */
function mayPass(error: unknown): boolean {
  return wasRefused(error) && !isPartial(error);
}

/** Whether only some of what was asked for is in somebody's way. */
export function isPartial(error: unknown): boolean {
  return error instanceof StoreBusy && error.partial;
}
