import type { Clock } from "./clock.ts";
import { soon } from "./soon.ts";

/** Work that goes on in microtasks for longer than this keeps timers and I/O waiting. */
const LONGEST_TURN_MS = 8;

/** However little time passes: on a clock that stands still, jobs that enqueue jobs would never yield. */
const MOST_MICROTASKS = 1_000;

/** Knows for how long the event loop has not been yielded to. */
export class Turn {
  readonly #clock: Pick<Clock, "monotonic" | "soon">;
  #startedAt = 0;
  #microtasks = 0;

  constructor(clock: Pick<Clock, "monotonic" | "soon">) {
    this.#clock = clock;
  }

  get isOver(): boolean {
    return (
      this.#microtasks > MOST_MICROTASKS ||
      this.#clock.monotonic() - this.#startedAt > LONGEST_TURN_MS
    );
  }

  /** Calls back in this turn of the event loop if it has not lasted too long, else in the next. */
  microtask(callback: () => void): void {
    this.#microtasks++;
    if (this.isOver) this.next(callback);
    else queueMicrotask(callback);
  }

  /** Calls back in the next turn of the event loop. */
  next(callback: () => void): void {
    const begin = () => {
      this.#startedAt = this.#clock.monotonic();
      this.#microtasks = 0;
      callback();
    };
    if (this.#clock.soon === undefined) soon(begin);
    else this.#clock.soon(begin);
  }
}
