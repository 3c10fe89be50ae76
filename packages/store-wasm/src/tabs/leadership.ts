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
  /** While it leads, or ends to; resolves then. */
  #leading: Promise<void> | undefined;
  #steals = false;
  #stopped = false;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    void this.#seek();
  }

  /** Leads next, whoever leads now: for when that one gives no sign of life. */
  steal(): void {
    if (this.#leading !== undefined) return;
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
    try {
      return await locks.request(lock, options, () => this.#lead());
    } catch {
      // The wait was ended, or the lock was taken away.
      const leading = this.#leading;
      if (leading === undefined) return false;
      onStolen();
      // It must not lead anew before it has let go of all that it led with.
      await leading;
      return true;
    }
  }

  async #lead(): Promise<boolean> {
    if (this.#stopped) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#leading = promise;
    this.#steals = false;
    try {
      await this.#options.lead();
    } finally {
      this.#leading = undefined;
      resolve();
    }
    return true;
  }
}
