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

/**
 * Commits by statements. What a claim has met that holds no job is made dead, and is neither handed out nor counted: the
 * claim goes on with others.
 */
export async function committed(
  write: Write,
  once: (write: Write) => Promise<Written>,
  burials = MOST_BURIALS,
): Promise<Committed> {
  const { now, claim } = write;
  const written = await once(write);
  if (claim === undefined || written.damaged.length === 0) return written.committed;
  const { claimed } = written.committed;
  const rest = burials > 1 ? restOf(claim, claimed) : undefined;
  const replace = written.damaged.map((job) => bury(job, now));
  try {
    const more = await committed({ now, replace, claim: rest }, once, burials - 1);
    return { ...written.committed, claimed: [...claimed, ...more.claimed] };
  } catch {
    // What the caller asked for is done all the same; what is not buried yet is found by beats.
    return written.committed;
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
