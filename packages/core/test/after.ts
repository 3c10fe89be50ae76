import type { ManualClock } from "./manual-clock.ts";

/** Resolves after a while of the clock's. */
export function after(clock: ManualClock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, ms));
}
