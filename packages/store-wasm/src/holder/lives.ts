/** Knows of the tabs on one queue which have ended. */
export interface Lives {
  /** Tells from now on when it ends. */
  watch(life: string): void;
  isOver(life: string): boolean;
  stop(): void;
}

/** A tab holds the lock of its life for as long as it lives, and the browser frees it however the tab ends. */
export class LockedLives implements Lives {
  readonly #locks: LockManager;
  readonly #lockOf: (life: string) => string;
  readonly #onOver: (life: string) => void;
  readonly #watched = new Set<string>();
  readonly #over = new Set<string>();
  readonly #stopping = new AbortController();

  constructor(
    locks: LockManager,
    lockOf: (life: string) => string,
    onOver: (life: string) => void,
  ) {
    this.#locks = locks;
    this.#lockOf = lockOf;
    this.#onOver = onOver;
  }

  watch(life: string): void {
    if (this.#watched.has(life)) return;
    this.#watched.add(life);
    const { signal } = this.#stopping;
    const over = () => {
      this.#over.add(life);
      this.#onOver(life);
    };
    this.#locks.request(this.#lockOf(life), { signal }, over).catch(() => {
      // It is not watched any more.
    });
  }

  isOver(life: string): boolean {
    return this.#over.has(life);
  }

  stop(): void {
    this.#stopping.abort();
  }
}

/** Without locks one tab has the queue, and all that came before it are shut out of it. */
export class OnlyLife implements Lives {
  readonly #life: string;

  constructor(life: string) {
    this.#life = life;
  }

  watch(): void {}

  isOver(life: string): boolean {
    return life !== this.#life;
  }

  stop(): void {}
}
