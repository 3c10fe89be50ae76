/** How much a claim takes. */
export interface ClaimLimits {
  /** Jobs at the most. */
  readonly limit: number;
  /** Jobs of one type at the most; a type that is absent has no limit of its own. */
  readonly limitOf?: ReadonlyMap<string, number> | undefined;
  /** How many can be started at once; what is taken beyond them waits in the worker. Default: all. */
  readonly slots?: number | undefined;
}

/** What a claim does with the next job in claim order. */
export type ClaimVerdict = "take" | "skip type" | "stop";

/**
 * Decides job by job, in claim order, what a claim takes. A job that losing one attempt would bury is not taken to
 * wait in a worker: there the claim stops, so that nothing overtakes it.
 */
export function claimPicker({ limit, limitOf, slots = limit }: ClaimLimits) {
  const taken = new Map<string, number>();
  let count = 0;
  return (job: Readonly<{ type: string; attempt: number; maxAttempts: number }>): ClaimVerdict => {
    if (count >= limit) return "stop";
    const ofType = taken.get(job.type) ?? 0;
    if (ofType >= (limitOf?.get(job.type) ?? limit)) return "skip type";
    if (count >= slots && job.attempt + 1 >= job.maxAttempts) return "stop";
    taken.set(job.type, ofType + 1);
    count++;
    return "take";
  };
}
