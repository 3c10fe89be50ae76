import type { Clock } from "@turno/core";
import { turns } from "./turns.ts";

/** A clock that stands still until a test moves it; its timers fire while it is moved. */
export class ManualClock implements Clock {
  #now = 1_700_000_000_000;
  #elapsed = 0;
  #lastHandle = 0;
  readonly #timers = new Map<number, { readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  setTimeout(callback: () => void, delayMs: number): number {
    if (!Number.isFinite(delayMs)) throw new Error(`a timer of ${delayMs} ms`);
    this.#timers.set(++this.#lastHandle, { at: this.#elapsed + Math.max(0, delayMs), callback });
    return this.#lastHandle;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  /** How many timers wait. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Somebody sets the wall clock; no time passes. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Time passes while the process is frozen: what was due fires only when the clock is moved again. */
  freeze(ms: number): void {
    this.#now += ms;
    this.#elapsed += ms;
  }

  /** Lets `ms` pass, timer by timer. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await turns();
    while (this.#fireNext(end)) await turns();
    this.#moveTo(end);
  }

  /** Lets time pass, at most `ms`, until the condition holds; answers with how much it took. */
  async until(condition: () => boolean, ms = 60_000): Promise<number> {
    const start = this.#elapsed;
    await turns();
    while (!condition()) {
      if (!this.#fireNext(start + ms))
        throw new Error(`not so within ${ms} ms: ${String(condition)}`);
      await turns();
    }
    return this.#elapsed - start;
  }

  #fireNext(end: number): boolean {
    let first: [number, { readonly at: number; readonly callback: () => void }] | undefined;
    for (const entry of this.#timers) {
      if (first === undefined || entry[1].at < first[1].at) first = entry;
    }
    if (first === undefined || first[1].at > end) return false;
    this.#timers.delete(first[0]);
    this.#moveTo(first[1].at);
    first[1].callback();
    return true;
  }

  #moveTo(elapsed: number): void {
    if (elapsed <= this.#elapsed) return;
    this.#now += elapsed - this.#elapsed;
    this.#elapsed = elapsed;
  }
}
