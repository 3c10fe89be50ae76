import type { NewJob } from "@turno/core";

/** A write that adds one job, ready at once, with whatever a test wants different. */
export function oneJob(wanted: Partial<NewJob> = {}) {
  return { now: 1_000, add: [aJob(wanted)] };
}

function aJob(wanted: Partial<NewJob> = {}): NewJob {
  return {
    type: "a",
    payload: "null",
    priority: 0,
    runAt: 1_000,
    ready: true,
    maxAttempts: 25,
    timeoutMs: undefined,
    backoff: undefined,
    uniqueKey: undefined,
    uniqueUntil: "finished",
    createdAt: 1_000,
    ...wanted,
  };
}
