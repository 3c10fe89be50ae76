import type { BeatReply, Clock, WorkerId } from "@turno/core";
import type { Answer } from "./messages.ts";

interface HeartsOptions {
  readonly clock: Clock;
  readonly beat: (worker: WorkerId) => Promise<Answer<BeatReply>>;
  readonly tell: (worker: WorkerId, answer: Answer<BeatReply>) => void;
}

interface Beating {
  readonly everyMs: number;
  timer: unknown;
  silentAt: number;
  unheard: number;
}

/** With so many of its beats unheard the page counts as not answering. */
const UNHEARD = 2;

/** Beats for the page's workers, however busy or hidden the page is. */
export class Hearts {
  readonly #options: HeartsOptions;
  readonly #beating = new Map<WorkerId, Beating>();

  constructor(options: HeartsOptions) {
    this.#options = options;
  }

  beat(worker: WorkerId, everyMs: number): void {
    this.rest(worker);
    const heart = { everyMs, timer: undefined, silentAt: Number.POSITIVE_INFINITY, unheard: 0 };
    this.#beating.set(worker, heart);
    this.#next(worker, heart);
  }

  rest(worker: WorkerId): void {
    this.#options.clock.clearTimeout(this.#beating.get(worker)?.timer);
    this.#beating.delete(worker);
  }

  restAll(): void {
    for (const worker of this.#beating.keys()) this.rest(worker);
  }

  silence(worker: WorkerId, inMs = Number.POSITIVE_INFINITY): void {
    const heart = this.#beating.get(worker);
    if (heart !== undefined) heart.silentAt = this.#options.clock.monotonic() + inMs;
  }

  heard(worker: WorkerId): void {
    const heart = this.#beating.get(worker);
    if (heart !== undefined) heart.unheard = 0;
  }

  #next(worker: WorkerId, heart: Beating): void {
    const beat = () => void this.#beatOnce(worker, heart);
    heart.timer = this.#options.clock.setTimeout(beat, heart.everyMs);
  }

  async #beatOnce(worker: WorkerId, heart: Beating): Promise<void> {
    const { clock, beat, tell } = this.#options;
    // A handler is too late, and the page answers nothing any more.
    const isGivenUp = heart.unheard >= UNHEARD && clock.monotonic() >= heart.silentAt;
    const answer = isGivenUp ? undefined : await beat(worker);
    if (this.#beating.get(worker) !== heart) return;
    if (answer !== undefined) {
      heart.unheard++;
      tell(worker, answer);
    }
    this.#next(worker, heart);
  }
}
