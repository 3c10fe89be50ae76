import type { BeatReply, Heart, HeartOptions } from "@turno/core";
import type { Process } from "./process.ts";
import type { Timeline } from "./timeline.ts";

interface SimulatedHeartOptions extends HeartOptions {
  readonly process: Process;
  readonly timeline: Timeline;
  readonly beat: () => Promise<BeatReply>;
}

/** With so many replies unheard the process counts as not answering. */
const UNHEARD = 2;

/** Beats from a place that a busy process does not hold up, as the thread of `@turno/store-node` does. */
export class SimulatedHeart implements Heart {
  readonly #options: SimulatedHeartOptions;
  #unheard = 0;
  #silentAt: number | undefined;
  #stopped = false;

  constructor(options: SimulatedHeartOptions) {
    this.#options = options;
    this.#next();
  }

  silenceIn(ms: number | undefined): void {
    this.#silentAt = ms === undefined ? undefined : this.#options.timeline.now + ms;
  }

  stop(): void {
    this.#stopped = true;
  }

  #next(): void {
    const { timeline, process, everyMs } = this.#options;
    timeline.plan(everyMs, () => process.enterHeart(() => void this.#beat()));
  }

  async #beat(): Promise<void> {
    if (this.#stopped) return;
    const { beat, everyMs, process, onReply, onError } = this.#options;
    if (this.#isSilent()) process.trouble(everyMs);
    else {
      try {
        const reply = await beat();
        this.#tell(() => onReply(reply));
      } catch (error) {
        this.#tell(() => onError(error));
      }
    }
    this.#next();
  }

  #isSilent(): boolean {
    const { timeline } = this.#options;
    return (
      this.#silentAt !== undefined && timeline.now >= this.#silentAt && this.#unheard >= UNHEARD
    );
  }

  #tell(news: () => void): void {
    this.#unheard++;
    this.#options.process.enter(() => {
      this.#unheard--;
      if (!this.#stopped) news();
    });
  }
}
