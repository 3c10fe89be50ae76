import { type Clock, systemClock } from "@turno/core";

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
  readonly handle: unknown;
}

/**
 * The page's clock. The browser lets the timers of a hidden page run once a minute, so the page's worker, whose timers
 * it lets run, then wakes the page when one is due.
 */
export class PageClock implements Clock {
  readonly #wakeIn: (ms: number | undefined) => void;
  readonly #isHidden: () => boolean;
  readonly #timers = new Set<Timer>();
  #wakesAt = Number.POSITIVE_INFINITY;

  /** `wakeIn` asks the worker for a call of `wake`, in place of any that was asked for before. */
  constructor(wakeIn: (ms: number | undefined) => void, isHidden: () => boolean) {
    this.#wakeIn = wakeIn;
    this.#isHidden = isHidden;
  }

  now(): number {
    return systemClock.now();
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer: Timer = {
      dueAt: this.monotonic() + delayMs,
      callback,
      handle: systemClock.setTimeout(() => this.#run(timer), delayMs),
    };
    this.#timers.add(timer);
    if (this.#isHidden()) this.#askForWake();
    return timer;
  }

  clearTimeout(timer: unknown): void {
    const known = timer as Timer | undefined;
    if (known === undefined || !this.#timers.delete(known)) return;
    systemClock.clearTimeout(known.handle);
  }

  /** The page was hidden, or is seen again. */
  visibilityChanged(): void {
    this.#wakesAt = Number.POSITIVE_INFINITY;
    if (this.#isHidden()) this.#askForWake();
    else this.#wakeIn(undefined);
  }

  /** Calls back what is due. */
  wake(): void {
    const now = this.monotonic();
    for (const timer of Array.from(this.#timers)) if (timer.dueAt <= now) this.#run(timer);
    this.visibilityChanged();
  }

  #run(timer: Timer): void {
    if (!this.#timers.delete(timer)) return;
    systemClock.clearTimeout(timer.handle);
    timer.callback();
  }

  #askForWake(): void {
    const next = Math.min(...Array.from(this.#timers, ({ dueAt }) => dueAt));
    if (next >= this.#wakesAt || next === Number.POSITIVE_INFINITY) return;
    this.#wakesAt = next;
    this.#wakeIn(Math.max(0, next - this.monotonic()));
  }
}
