import { FINISHED_STATES, type PruneBefore } from "@turno/core";
import { STATE_CODES } from "./job-columns.ts";
import { rowLimit } from "./row-limit.ts";
import type { Statements } from "./statements.ts";

/** Deletes up to `limit` old jobs with their payloads and notes, but not the newest of all. Takes place under the write lock. */
export function pruneJobs(
  { prunePayloads, pruneNotes, pruneJobs }: Statements,
  before: PruneBefore,
  limit: number,
): number {
  let pruned = 0;
  for (const state of FINISHED_STATES) {
    const upTo = before[state];
    if (upTo === undefined) continue;
    const parameters = [STATE_CODES[state], upTo, rowLimit(limit - pruned)];
    // The same rows each time: what is chosen depends on the jobs alone.
    prunePayloads.run(...parameters);
    pruneNotes.run(...parameters);
    pruned += pruneJobs.run(...parameters);
  }
  return pruned;
}
