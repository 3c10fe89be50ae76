import { bury, type ClaimRequest, type Committed, type Job, type Write } from "@turno/core";

/** What one statement has done. */
export interface Written {
  readonly committed: Committed;
  /** What a claim has met that holds no job. */
  readonly damaged: readonly Job[];
  /** The server's time. */
  readonly now: number;
}

/** So often a claim goes on after it has met what is damaged. */
const MOST_BURIALS = 10;

/** Makes of statements what a commit promises of its claim. */
export class Claiming {
  readonly #once: (write: Write) => Promise<Written>;

  constructor(once: (write: Write) => Promise<Written>) {
    this.#once = once;
  }

  async commit(write: Write): Promise<Committed> {
    return this.#goOn(write, await this.#once(write), MOST_BURIALS);
  }

  /**
   * What a claim has met that holds no job is made dead, and is neither handed out nor counted: the claim goes on with
   * others.
   */
  async #goOn(write: Write, { committed, damaged }: Written, burials: number): Promise<Committed> {
    const { now, claim } = write;
    if (claim === undefined || damaged.length === 0) return committed;
    const { claimed } = committed;
    const rest = burials > 1 ? restOf(claim, claimed) : undefined;
    const next = { now, replace: damaged.map((job) => bury(job, now)), claim: rest };
    try {
      const more = await this.#goOn(next, await this.#once(next), burials - 1);
      return { ...committed, claimed: [...claimed, ...more.claimed] };
    } catch {
      // What the caller asked for is done all the same; what is not buried yet is found by beats.
      return committed;
    }
  }
}

/** What is left to be claimed. */
function restOf(claim: ClaimRequest, claimed: readonly Job[]): ClaimRequest | undefined {
  const { limit, slots = limit, limitOf } = claim;
  if (claimed.length >= limit) return undefined;
  const left = new Map(limitOf);
  for (const { type } of claimed) {
    const most = left.get(type);
    if (most !== undefined) left.set(type, most - 1);
  }
  return {
    ...claim,
    limit: limit - claimed.length,
    slots: Math.max(0, slots - claimed.length),
    limitOf: left,
  };
}
