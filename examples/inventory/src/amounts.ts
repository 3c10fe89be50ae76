/** 1234567 as "1,234,567". */
export function count(amount: number): string {
  return amount.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** The noun with its number: "1 file", "2 files". */
export function counted(amount: number, noun: string): string {
  return `${count(amount)} ${noun}${amount === 1 ? "" : "s"}`;
}

/** Bytes in the largest unit that leaves a digit before the point. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(bytes) / 3)));
  const amount = bytes / 1_000 ** power;
  return `${amount.toFixed(power > 0 && amount < 100 ? 1 : 0)} ${units[power]}`;
}

/** Milliseconds as a person says them: "0.4 s", "3 min 20 s", "2 h 5 min". */
export function duration(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
