import type { Clock } from "../time/clock.ts";

/** Resolves after `ms`; rejects with the signal's reason where that is aborted meanwhile. */
export function wait(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error);
    const end = () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    const abort = () => {
      clock.clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimeout(end, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
