/** From an instant to a later one. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The spans in order, those made one that overlap or are not more than `gapMs` apart. */
export function merged(spans: readonly Span[], gapMs: number): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last === undefined || span.from > last.to + gapMs) merged.push(span);
    else merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return merged;
}

/** For how long of the time between `from` and `to` one of the spans, which must not overlap, was under way. */
export function coveredMs(spans: readonly Span[], from: number, to: number): number {
  let covered = 0;
  for (const span of spans)
    covered += Math.max(0, Math.min(span.to, to) - Math.max(span.from, from));
  return covered;
}

/** Answers quickly whether any of many spans touches another one. */
export class Spans {
  readonly #starts: readonly number[];
  /** For each span the latest end of all up to it. */
  readonly #ends: readonly number[];

  constructor(spans: readonly Span[]) {
    const sorted = spans.toSorted((a, b) => a.from - b.from);
    this.#starts = sorted.map(({ from }) => from);
    let end = Number.NEGATIVE_INFINITY;
    this.#ends = sorted.map(({ to }) => (end = Math.max(end, to)));
  }

  touch(from: number, to: number): boolean {
    const end = this.#ends[countUpTo(this.#starts, to) - 1];
    return end !== undefined && end >= from;
  }
}

/** How many of the numbers, which are in order, are not above `limit`. */
export function countUpTo(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
