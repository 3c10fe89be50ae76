import { type Bell, bellsOf, type Write } from "@turno/core";

/** Postgres lets those who ring commit one at a time: it is not done more often than this. */
const PAUSE_MS = 20;

/** Decides when to ring: with a commit, or a moment later for all that came meanwhile. */
export class Ringing {
  readonly #ring: (bells: readonly Bell[]) => Promise<unknown>;
  readonly #waiting = new Set<Bell>();
  #timer: NodeJS.Timeout | undefined;
  #rungAt = Number.NEGATIVE_INFINITY;

  /** `ring` rings at once, where no commit does. */
  constructor(ring: (bells: readonly Bell[]) => Promise<unknown>) {
    this.#ring = ring;
  }

  /** Which bells the commit of this write is to ring. */
  with(write: Write): readonly Bell[] {
    const bells = bellsOf(write);
    if (bells.length === 0) return [];
    for (const bell of bells) this.#waiting.add(bell);
    const waitMs = this.#rungAt + PAUSE_MS - performance.now();
    if (waitMs <= 0) return this.#take();
    this.#timer ??= setTimeout(() => this.#ringNow(), waitMs);
    return [];
  }

  /** Rings what is still to be rung. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#waiting.size > 0) await this.#ring(this.#take()).catch(() => {});
  }

  #ringNow(): void {
    this.#timer = undefined;
    // A hint may be missed.
    this.#ring(this.#take()).catch(() => {});
  }

  #take(): readonly Bell[] {
    const bells = [...this.#waiting];
    this.#waiting.clear();
    this.#rungAt = performance.now();
    return bells;
  }
}
