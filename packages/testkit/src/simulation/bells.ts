import type { Watched, Write } from "@turno/core";
import type { Process } from "./process.ts";
import type { Timeline } from "./timeline.ts";

interface Listener {
  readonly process: Process;
  readonly hear: () => void;
  readonly what: Watched;
}

/** By which processes are told of each other's work; every second ring is not heard. */
export class Bells {
  readonly #timeline: Timeline;
  readonly #random: () => number;
  readonly #listeners = new Set<Listener>();

  constructor(timeline: Timeline, random: () => number) {
    this.#timeline = timeline;
    this.#random = random;
  }

  hang(process: Process, hear: () => void, what: Watched): Disposable {
    const listener = { process, hear, what };
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** `by` has written this. */
  ring(by: Process, { add = [], replace = [] }: Write): void {
    if (this.#listeners.size === 0) return;
    const hasReady = add.length > 0 || replace.some((job) => "ready" in job && job.ready);
    if (hasReady) this.#tell(by, "ready");
    if (replace.some((job) => "finishedAt" in job)) this.#tell(by, "finished");
  }

  /** It has died, and the platform says so. */
  toll(dead: Process): void {
    this.#tell(dead, "lost");
  }

  #tell(by: Process, what: Watched): void {
    for (const listener of this.#listeners) {
      if (listener.process.isDead) this.#listeners.delete(listener);
      else if (listener.process !== by && listener.what === what && this.#random() < 0.5)
        this.#timeline.plan(1, () => listener.process.enter(listener.hear));
    }
  }
}
