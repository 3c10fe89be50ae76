export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** The median in thousands a second, with the lowest and the highest. */
export function thousands(figures: readonly number[]): string {
  const k = (figure: number) => `${(figure / 1_000).toFixed(1)}k`;
  return `${k(median(figures))}/s (${k(Math.min(...figures))}–${k(Math.max(...figures))})`;
}
