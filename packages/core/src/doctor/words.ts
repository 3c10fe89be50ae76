import type { Instant } from "../job/instant.ts";

export function jobsText(count: number): string {
  return count === 1 ? "1 job" : `${count} jobs`;
}

/** In a damaged database there may be anything. */
export function instantText(instant: Instant): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? `no time that there is (${instant})` : date.toISOString();
}

/** To the second; below ten seconds to the millisecond. */
export function spanText(ms: number): string {
  if (ms < 10_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
