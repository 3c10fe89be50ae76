/** Jobs are claimed ahead for about this long. */
export const AHEAD_MS = 100;

const MOST_AHEAD = 1_000;
const REMEMBERED = 64;

/** Knows how fast handlers have lately been, and so how many jobs a worker will start within {@link AHEAD_MS}. */
export class Pace {
  readonly #durations = new Float64Array(REMEMBERED);
  #count = 0;

  note(durationMs: number): void {
    this.#durations[this.#count++ % REMEMBERED] = durationMs;
  }

  /** How many jobs to claim beyond those that can start at once; `oldestMs` is how long the oldest handler has run. */
  ahead(concurrency: number, oldestMs: number): number {
    if (this.#count === 0) return 0;
    // The slowest decides: one slow handler among fast ones may hold a slot for as long again.
    let slowestMs = oldestMs;
    for (const duration of this.#durations) if (duration > slowestMs) slowestMs = duration;
    return Math.min(MOST_AHEAD, Math.floor((concurrency * AHEAD_MS) / slowestMs));
  }
}
