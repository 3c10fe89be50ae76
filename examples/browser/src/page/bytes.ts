const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A number of bytes for people: `1.4 MB`. */
export function bytes(count: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(1, count)) / 3), UNITS.length - 1);
  const amount = count / 1_000 ** power;
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[power]}`;
}
