interface LeadershipOptions {
  readonly locks: LockManager | undefined;
  /** Whoever holds the lock of this name leads. */
  readonly lock: string;
  /** Leads until it resolves; the lock is then let go. */
  readonly lead: () => Promise<void>;
  /** The lock was taken away while it led. */
  readonly onStolen: () => void;
  /** Called after each time that it has led. Resolves when it wants to lead again. */
  readonly rest: () => Promise<void>;
}

/** A tab's wish to lead: it waits in line for the lock, and again whenever it has led. */
export class Leadership {
  readonly #options: LeadershipOptions;
  #waiting: AbortController | undefined;
  #isLeading = false;
  #steals = false;
  #stopped = false;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    void this.#seek();
  }

  /** Leads next, whoever leads now: for when that one gives no sign of life. */
  steal(): void {
    if (this.#isLeading) return;
    this.#steals = true;
    this.#waiting?.abort();
  }

  /** Waits for it no more; who leads goes on until `lead` resolves. */
  stop(): void {
    this.#stopped = true;
    this.#waiting?.abort();
  }

  async #seek(): Promise<void> {
    while (!this.#stopped) {
      await this.#leadOnce();
      // What was asked for while it led, or waited, is done.
      if (this.#hasLed) await this.#options.rest();
    }
  }

  #hasLed = false;

  async #leadOnce(): Promise<void> {
    const { locks, lock, onStolen } = this.#options;
    this.#hasLed = false;
    if (locks === undefined) return this.#lead();
    const steal = this.#steals;
    this.#steals = false;
    this.#waiting = new AbortController();
    const options = steal ? { steal } : { signal: this.#waiting.signal };
    try {
      await locks.request(lock, options, () => this.#lead());
    } catch {
      // The wait was ended, or the lock was taken away.
      if (this.#isLeading) onStolen();
    }
    this.#isLeading = false;
  }

  async #lead(): Promise<void> {
    this.#waiting = undefined;
    if (this.#stopped) return;
    this.#isLeading = true;
    this.#hasLed = true;
    await this.#options.lead();
    this.#isLeading = false;
  }
}
