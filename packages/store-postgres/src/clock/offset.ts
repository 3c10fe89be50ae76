/** Between what the difference of two clocks lies, in milliseconds, as it was known at a moment of the second one. */
export interface Offset {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/** Clocks run apart by this share of the time at the most. */
const DRIFT = 0.0002;

/** What is known after the first clock has said `now` at some moment of the second one from `sentAt` to `heardAt`. */
export function narrowed(
  before: Offset | undefined,
  now: number,
  sentAt: number,
  heardAt: number,
): Offset {
  // It says whole milliseconds, rounded down.
  const heard = { from: now - heardAt, to: now + 1 - sentAt, at: heardAt };
  if (before === undefined) return heard;
  const drift = Math.max(0, heardAt - before.at) * DRIFT;
  const from = Math.max(heard.from, before.from - drift);
  const to = Math.min(heard.to, before.to + drift);
  // Where they contradict each other a clock was set, or it is another server's.
  return from <= to ? { from, to, at: heardAt } : heard;
}

/** What the first clock says at a moment of the second one, as far as is known: half of what it may be off. */
export function nowBy({ from, to }: Offset, at: number): number {
  return at + (from + to) / 2;
}
