import type { Steps } from "@turno/store-sqlite";

/** For how long steps may hold up the event loop. */
const LONGEST_MS = 4;

/** What the work gives; whenever it has gone on for some milliseconds, the event loop has a turn. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (let startedAt = performance.now(); ; ) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - startedAt < LONGEST_MS) continue;
    await new Promise<void>((resolve) => void setImmediate(resolve));
    startedAt = performance.now();
  }
}
