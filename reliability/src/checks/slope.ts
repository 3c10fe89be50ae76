export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How steeply `y` rises with `x`, by the line that fits the points best (least squares). */
export function slopeOf(points: readonly Point[]): number {
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const spread = sum(points.map(({ x }) => (x - meanX) ** 2));
  return sum(points.map(({ x, y }) => (x - meanX) * (y - meanY))) / spread;
}

function mean(numbers: readonly number[]): number {
  return sum(numbers) / numbers.length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
