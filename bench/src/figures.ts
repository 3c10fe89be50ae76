export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** The figure that the share `p` (0 to 1) of all does not exceed. */
export function percentile(figures: readonly number[], p: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

/** The median with the lowest and the highest, where there are several; those may be shown more briefly. */
export function spread(
  figures: readonly number[],
  show: (figure: number) => string,
  showBriefly = show,
): string {
  const [low, high] = [Math.min(...figures), Math.max(...figures)];
  if (figures.length === 1) return show(low);
  return `${show(median(figures))} (${showBriefly(low)}–${showBriefly(high)})`;
}
