import type { Patience } from "../store/patience.ts";
import type { Store } from "../store/store.ts";

/** Sees to it that nothing is claimed in the source any more. */
export class Pauses {
  readonly #store: Store;
  readonly #patience: Patience;
  #paused: ReadonlySet<string> = new Set();

  constructor(store: Store, patience: Patience) {
    this.#store = store;
    this.#patience = patience;
  }

  /** The types that are paused now; somebody may have let one go on. */
  async look(): Promise<readonly string[]> {
    const paused = await this.#patience.try(() => this.#store.pause());
    this.#paused = new Set(paused);
    return paused;
  }

  /** Pauses each of these types that is not paused. */
  async add(types: readonly string[]): Promise<void> {
    for (const type of new Set(types)) {
      if (this.#paused.has(type)) continue;
      const paused = await this.#patience.try(() => this.#store.pause({ type, paused: true }));
      this.#paused = new Set(paused);
    }
  }
}
