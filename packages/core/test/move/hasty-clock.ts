import type { Clock } from "@turno/core";

/** A clock on which no wait takes any time of the test's: each timer fires in the next microtask, and time has passed. */
export class HastyClock implements Clock {
  #elapsed = 0;
  readonly #cleared = new Set<unknown>();

  now(): number {
    return 1_700_000_000_000 + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const handle = Symbol("timer");
    queueMicrotask(() => {
      if (this.#cleared.has(handle)) return;
      this.#elapsed += delayMs;
      callback();
    });
    return handle;
  }

  clearTimeout(handle: unknown): void {
    this.#cleared.add(handle);
  }

  soon(callback: () => void): void {
    queueMicrotask(callback);
  }
}
