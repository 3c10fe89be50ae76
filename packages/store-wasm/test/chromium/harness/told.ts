/** One thing that a page has told. */
export interface Saying<T = unknown> {
  /** The name of its tab. */
  readonly by: string;
  readonly words: T;
  /** When it was heard, by `performance.now()`. */
  readonly at: number;
}

/** All that the pages of a browser have told, in the order in which it was heard. */
export class Told {
  readonly #all: Saying[] = [];
  readonly #listeners = new Set<() => void>();

  /** Those of one kind: nothing is checked. */
  all<T>(): readonly Saying<T>[] {
    return this.#all as Saying<T>[];
  }

  add(by: string, words: unknown): void {
    this.#all.push({ by, words, at: performance.now() });
    for (const listener of Array.from(this.#listeners)) listener();
  }

  /** Resolves as soon as what was told is enough. */
  until<T>(isEnough: (all: readonly Saying<T>[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isEnough(this.all())) return;
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
  }
}
