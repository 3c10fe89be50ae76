import { type Clock, systemClock } from "@turno/core";
import { narrowed, nowBy, type Offset } from "./offset.ts";

/**
 * The server's time, by what it says in its answers, and the machine's monotonic clock meanwhile. So what is due is
 * decided alike on all machines, and a wall clock that is wrong or set changes nothing.
 */
export class ServerClock implements Clock {
  #offset: Offset | undefined;

  now(): number {
    return this.#offset === undefined ? systemClock.now() : nowBy(this.#offset, performance.now());
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
