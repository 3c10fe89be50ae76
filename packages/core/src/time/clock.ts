/** Where a queue reads the time and sets its timers. */
export interface Clock {
  /** The wall clock, in milliseconds since the epoch; it may jump. */
  now(): number;
  /** Milliseconds since any moment; never goes back. */
  monotonic(): number;
  /** Calls `callback` once after `delayMs`; the handle is for {@link clearTimeout}. */
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
  /** Calls back after the event loop has had a turn. Default: as soon as the platform can. */
  soon?(callback: () => void): void;
}

/** setTimeout fires at once when asked for more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock and the timers of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, delayMs) =>
    setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS)),
  clearTimeout: (handle) => clearTimeout(handle as number),
};
