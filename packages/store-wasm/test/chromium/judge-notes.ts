import type { Note, StoredNote } from "./page/page.ts";

export interface Verdict {
  readonly acknowledged: number;
  readonly stored: number;
  /** Acknowledged and not there. */
  readonly lost: readonly Note[];
  /** There, and never enqueued so: twice, out of turn, or not as they were. */
  readonly invented: readonly StoredNote[];
}

/** Holds what is stored against what was acknowledged, where pages enqueued without pause and nobody worked. */
export function judgeNotes(acknowledged: readonly Note[], stored: readonly StoredNote[]): Verdict {
  const found = new Set(stored.map(keyOf));
  return {
    acknowledged: acknowledged.length,
    stored: stored.length,
    lost: acknowledged.filter((note) => !found.has(keyOf(note))),
    invented: inventedIn(stored),
  };
}

/** A page's notes are stored in the order in which it enqueues them, without gaps. */
function inventedIn(stored: readonly StoredNote[]): readonly StoredNote[] {
  const next = new Map<string, number>();
  return stored.filter(({ by, n, state }) => {
    const expected = next.get(by) ?? 0;
    next.set(by, expected + 1);
    return n !== expected || state !== "pending";
  });
}

function keyOf({ by, n }: Note): string {
  return `${by}/${n}`;
}
