import type { WorkerId } from "@turno/core";

/** What is seen of a worker: its beat, and whether the lock of its store is held. */
export interface Seen {
  readonly id: WorkerId;
  readonly beat: number;
  readonly isHeld: boolean;
}

/**
 * A lock that is free for so long is its holder's end. A holder whose connection was cut makes another within a fraction
 * of that, and when the server was started anew nobody has a lock for a moment.
 */
export const ABSENCE_MS = 3_000;

interface Absence {
  readonly since: number;
  readonly beat: number;
}

/** For which workers the lock has been free, since when, and with what beat. */
export type Absences = ReadonlyMap<WorkerId, Absence>;

/** Looks once more, at a moment of the observer's monotonic clock: who beats meanwhile is there, lock or no lock. */
export function look(
  before: Absences,
  workers: readonly Seen[],
  now: number,
): { readonly absences: Absences; readonly gone: ReadonlySet<WorkerId> } {
  const absences = new Map<WorkerId, Absence>();
  for (const { id, beat, isHeld } of workers) {
    if (isHeld) continue;
    const known = before.get(id);
    absences.set(id, known?.beat === beat ? known : { since: now, beat });
  }
  const gone = [...absences].filter(([, { since }]) => now - since >= ABSENCE_MS);
  return { absences, gone: new Set(gone.map(([id]) => id)) };
}
