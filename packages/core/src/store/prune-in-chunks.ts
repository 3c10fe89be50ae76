import type { PruneBefore } from "../job/retention.ts";
import type { Clock } from "../time/clock.ts";
import type { Patience } from "./patience.ts";
import type { Store } from "./store.ts";

interface Pruning {
  readonly store: Store;
  readonly patience: Patience;
  readonly clock: Clock;
  readonly before: PruneBefore;
  /** Between two chunks, so that others get their turn; false ends it. */
  readonly pause: () => Promise<boolean>;
}

const FIRST_CHUNK = 50;
const LARGEST_CHUNK = 500;

/** A chunk that took longer is followed by a smaller one: to delete large payloads takes as long as to write them. */
const LONG_MS = 8;
const SHORT_MS = 2;

/** Deletes what may go, and answers with how many jobs that were. */
export async function pruneInChunks(pruning: Pruning): Promise<number> {
  const { store, patience, clock, before, pause } = pruning;
  let deleted = 0;
  for (let limit = FIRST_CHUNK; ; ) {
    const startedAt = clock.monotonic();
    const chunk = await patience.try(() => store.prune({ before, limit }));
    const tookMs = clock.monotonic() - startedAt;
    deleted += chunk;
    if (chunk < limit || !(await pause())) return deleted;
    if (tookMs > LONG_MS) limit = Math.ceil(limit / 2);
    else if (tookMs < SHORT_MS) limit = Math.min(limit * 2, LARGEST_CHUNK);
  }
}
