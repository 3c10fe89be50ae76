import { type Clock, systemClock } from "@turno/core";
import { narrowed, nowBy, type Offset } from "./offset.ts";

/** A clock that goes back by more was set. */
const MOST_BACK_MS = 1_000;

/**
 * The server's time, by what it says in its answers, and the machine's monotonic clock meanwhile. So what is due is
 * decided alike on all machines, and a wall clock that is wrong or set changes nothing.
 */
export class ServerClock implements Clock {
  #offset: Offset | undefined;
  #latest = Number.NEGATIVE_INFINITY;

  /** Does not go back when more is learned of the server's, or what is enqueued later would be due earlier. */
  now(): number {
    if (this.#offset === undefined) return systemClock.now();
    const now = nowBy(this.#offset, performance.now());
    this.#latest = now < this.#latest - MOST_BACK_MS ? now : Math.max(now, this.#latest);
    return this.#latest;
  }

  monotonic(): number {
    return performance.now();
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    return systemClock.setTimeout(callback, delayMs);
  }

  clearTimeout(handle: unknown): void {
    systemClock.clearTimeout(handle);
  }

  /** The server has said `now` in answer to what was sent at this moment, on the monotonic clock. */
  hear(now: unknown, sentAt: number): void {
    this.#offset = narrowed(this.#offset, Number(now), sentAt, performance.now());
  }
}
