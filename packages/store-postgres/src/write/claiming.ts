import {
  bury,
  type ClaimRequest,
  type Committed,
  compareClaimOrder,
  type Job,
  release,
  type RunningJob,
  type Write,
} from "@turno/core";

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

/** A claim of so many is worth two statements. */
const MANY = 400;

/** Makes of statements what a commit promises of its claim. */
export class Claiming {
  readonly #once: (write: Write) => Promise<Written>;
  readonly #inHalves: boolean;
  /** The latest claim got all that it asked for: there is more, probably. */
  #isBacklog = false;

  /** With `inHalves` where two statements can be under way at once. */
  constructor(
    once: (write: Write) => Promise<Written>,
    { inHalves }: { readonly inHalves: boolean },
  ) {
    this.#once = once;
    this.#inHalves = inHalves;
  }

  async commit(write: Write): Promise<Committed> {
    const { claim } = write;
    if (claim === undefined) return this.#whole(write);
    const halves = this.#inHalves && this.#isBacklog ? halvesOf(claim) : undefined;
    const committed = await (halves === undefined
      ? this.#whole(write)
      : this.#atOnce(write, halves));
    this.#isBacklog = committed.claimed.length >= claim.limit;
    return committed;
  }

  /** Two processes of the server each start half of the jobs: neither waits for the other, since both pass over what is locked. */
  async #atOnce(
    write: Write,
    [first, second]: readonly [ClaimRequest, ClaimRequest],
  ): Promise<Committed> {
    const { now } = write;
    const aside = this.#whole({ now, claim: second }).then(
      ({ claimed }) => claimed,
      // What it has started all the same is found by beats.
      () => [],
    );
    try {
      const committed = await this.#whole({ ...write, claim: first });
      const claimed = [...committed.claimed, ...(await aside)];
      return { ...committed, claimed: claimed.sort(compareClaimOrder) };
    } catch (error) {
      await this.#putBack(await aside, now);
      throw error;
    }
  }

  /** Nobody will run these: the commit that they were claimed with has failed. */
  async #putBack(jobs: readonly RunningJob[], now: number): Promise<void> {
    if (jobs.length > 0) await this.#once({ now, replace: jobs.map(release) }).catch(() => {});
  }

  async #whole(write: Write): Promise<Committed> {
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

/** The two halves of a claim; undefined where it is better made as one. */
function halvesOf(claim: ClaimRequest): readonly [ClaimRequest, ClaimRequest] | undefined {
  const { limit, slots = limit, limitOf } = claim;
  if (limit < MANY || (limitOf?.size ?? 0) > 0) return undefined;
  const half = Math.ceil(limit / 2);
  return [
    { ...claim, limit: half, slots: Math.min(slots, half) },
    { ...claim, limit: limit - half, slots: Math.max(0, slots - half) },
  ];
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
