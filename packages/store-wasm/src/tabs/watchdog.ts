import type { Clock } from "@turno/core";

interface WatchdogOptions {
  readonly clock: Clock;
  /** Whether this tab waits for the one that leads. */
  readonly isWaiting: () => boolean;
  /** Asks it for a sign of life. */
  readonly ask: () => void;
  /** It has given none for too long. */
  readonly onSilent: () => void;
}

const TICK_MS = 250;
const ASK_AFTER_MS = 500;
/** A leader proves that it still leads before it reads anything when it may have been silent for this long (`Durable`). */
const SILENT_AFTER_MS = 3_000;

/** Notices that the tab which leads hangs or is frozen. */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #timer: unknown;
  #lookedAt = 0;
  /** For how long this tab was awake, and heard nothing. */
  #silentMs = 0;
  /** Doubled with each one whose place is taken before it leads: a large database takes long to open. */
  #patienceMs = SILENT_AFTER_MS;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  /** Watches for as long as this tab waits. */
  watch(): void {
    if (this.#timer !== undefined || !this.#options.isWaiting()) return;
    this.#silentMs = 0;
    this.#lookedAt = this.#options.clock.monotonic();
    this.#next();
  }

  /** The one who leads has given a sign of life. */
  heard(): void {
    this.#silentMs = 0;
    this.#patienceMs = SILENT_AFTER_MS;
  }

  /** Somebody is about to lead. */
  heardOfNext(): void {
    this.#silentMs = 0;
  }

  stop(): void {
    this.#options.clock.clearTimeout(this.#timer);
  }

  #next(): void {
    this.#timer = this.#options.clock.setTimeout(() => this.#look(), TICK_MS);
  }

  #look(): void {
    const { clock, isWaiting, ask, onSilent } = this.#options;
    this.#timer = undefined;
    if (!isWaiting()) return;
    const now = clock.monotonic();
    // Whoever was frozen himself has not listened meanwhile.
    const passed = Math.min(now - this.#lookedAt, 2 * TICK_MS);
    this.#lookedAt = now;
    this.#silentMs += passed;
    if (this.#silentMs >= this.#patienceMs) {
      this.#silentMs = 0;
      this.#patienceMs *= 2;
      onSilent();
    } else if (this.#silentMs >= ASK_AFTER_MS) ask();
    this.#next();
  }
}
