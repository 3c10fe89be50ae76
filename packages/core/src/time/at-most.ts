import type { Clock } from "./clock.ts";

/** Whether `work` was done within `ms`; it goes on if it was not. Rejects as it does. */
export function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => resolve(false), ms);
    const over = () => clock.clearTimeout(timer);
    void work.then(() => resolve(true), reject).finally(over);
  });
}
