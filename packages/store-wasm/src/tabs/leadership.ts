interface LeadershipOptions {
  /** Undefined where there are none: then nobody else can lead. */
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
    while (!this.#stopped) if (await this.#leadOnce()) await this.#options.rest();
  }

  /** Says whether it has led. */
  async #leadOnce(): Promise<boolean> {
    const { locks, lock, onStolen } = this.#options;
    if (locks === undefined) return this.#lead();
    const { signal } = (this.#waiting = new AbortController());
    const options = this.#steals ? { steal: true } : { signal };
    this.#steals = false;
    try {
      return await locks.request(lock, options, () => this.#lead());
    } catch {
      // The wait was ended, or the lock was taken away.
      const wasLeading = this.#isLeading;
      this.#isLeading = false;
      if (wasLeading) onStolen();
      return wasLeading;
    }
  }

  async #lead(): Promise<boolean> {
    if (this.#stopped) return false;
    this.#isLeading = true;
    await this.#options.lead();
    this.#isLeading = false;
    return true;
  }
}
