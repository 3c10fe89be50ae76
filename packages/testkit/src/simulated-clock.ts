import type { Clock, Instant } from "@turno/core";
import { START } from "./bench.ts";
import { turns } from "./turns.ts";

/** setTimeout holds no longer delay; the clock of the machine clamps to it, and so does this one. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** More timers than any test needs: one that sets itself again without delay would never let time pass. */
const MOST_TIMERS = 100_000;

interface Timer {
  readonly firesAt: number;
  readonly callback: () => void;
}

export interface SimulatedClockOptions {
  /** What the wall clock shows at first, in milliseconds since the epoch. Default: a moment in 2027. */
  readonly now?: Instant | undefined;
  /**
   * Waits until all that has been set off has come to rest. Default: for some turns of the event loop, which is
   * enough where nothing waits for a disk or a network.
   */
  readonly settle?: (() => Promise<void>) | undefined;
}

/** A clock for `Queue` and `Worker` that moves only when it is told to. */
export class SimulatedClock implements Clock {
  readonly #settle: () => Promise<void>;
  readonly #timers = new Set<Timer>();
  #now: Instant;
  #monotonic = 0;

  constructor({ now = START, settle = () => turns(SETTLING_TURNS) }: SimulatedClockOptions = {}) {
    this.#now = now;
    this.#settle = settle;
  }

  now(): Instant {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const delay = Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS);
    const timer: Timer = { firesAt: this.#monotonic + delay, callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as Timer);
  }

  /** In how many milliseconds the next timer fires; undefined where none is set. */
  get nextTimerMs(): number | undefined {
    const next = this.#nextTimer();
    return next && Math.max(0, next.firesAt - this.#monotonic);
  }

  /**
   * Lets time pass on both clocks: fires the timers that become due, in order and each at its moment, and waits after
   * each until what it has set off has come to rest.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await this.#settle();
    for (let fired = 0; this.#fireNext(end); fired++) {
      if (fired === MOST_TIMERS) throw new Error(`${MOST_TIMERS} timers fired within ${ms} ms`);
      await this.#settle();
    }
    this.#pass(end - this.#monotonic);
    await this.#settle();
  }

  /** Advances from timer to timer until the condition holds; rejects where it does not within `ms`. */
  async until(condition: () => boolean, ms = 60_000): Promise<void> {
    const end = this.#monotonic + ms;
    await this.#settle();
    while (!condition()) {
      if (!this.#fireNext(end)) throw new Error(`not so within ${ms} ms: ${String(condition)}`);
      await this.#settle();
    }
  }

  /** Sets the wall clock forward, or back; no time has passed. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Lets time pass on both clocks and fires nothing, as when the process is suspended: that comes with `advance`. */
  freeze(ms: number): void {
    this.#pass(ms);
  }

  /** Fires the next timer, if its time comes before the end. */
  #fireNext(end: number): boolean {
    const timer = this.#nextTimer();
    if (timer === undefined || timer.firesAt > end) return false;
    this.#timers.delete(timer);
    this.#pass(Math.max(0, timer.firesAt - this.#monotonic));
    timer.callback();
    return true;
  }

  #pass(ms: number): void {
    this.#now += ms;
    this.#monotonic += ms;
  }

  #nextTimer(): Timer | undefined {
    // A set keeps the order in which timers were set, and so the order of those that fire at the same moment.
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.firesAt < next.firesAt) next = timer;
    }
    return next;
  }
}

const SETTLING_TURNS = 12;
