import type { WorkerId } from "./job.ts";

/** What a store knows of a worker. */
export interface WorkerRecord {
  readonly id: WorkerId;
  /** Rises at each sign of life. */
  readonly beat: number;
  /** How long the worker may be silent. */
  readonly leaseMs: number;
  /** Whether the platform knows that the worker's process has ended. */
  readonly gone: boolean;
}

/** For each worker its latest beat, and for how long an observer has watched it not change. */
export type Sightings = ReadonlyMap<WorkerId, { readonly beat: number; readonly silentMs: number }>;

/** One look takes at most this share of a lease as watched, however long the observer itself was frozen. */
const LONGEST_LOOK = 1 / 3;

/** Three thirds may fall short of a whole. */
const ROUNDING_MS = 0.001;

/**
 * Looks at the workers once more, `elapsedMs` on the observer's own monotonic clock after the last look. Given up are
 * those whose process is known to have ended, and those whose beat has not changed for a whole lease while watched.
 */
export function observe(
  before: Sightings,
  workers: readonly WorkerRecord[],
  elapsedMs: number,
): { readonly sightings: Sightings; readonly givenUp: readonly WorkerRecord[] } {
  const sightings = new Map(
    workers.map((worker) => [worker.id, sighting(before, worker, elapsedMs)]),
  );
  const givenUp = workers.filter(
    ({ id, gone, leaseMs }) => gone || (sightings.get(id)?.silentMs ?? 0) >= leaseMs - ROUNDING_MS,
  );
  return { sightings, givenUp };
}

function sighting(before: Sightings, { id, beat, leaseMs }: WorkerRecord, elapsedMs: number) {
  const last = before.get(id);
  if (last === undefined || last.beat !== beat) return { beat, silentMs: 0 };
  return { beat, silentMs: last.silentMs + Math.min(elapsedMs, leaseMs * LONGEST_LOOK) };
}
