import type { NewJob } from "@turno/core";

/** A new job, ready at once, with whatever a test wants different. */
export function aJob(wanted: Partial<NewJob> = {}): NewJob {
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

/** So many new jobs, each with whatever `wanted` says of its number. */
export function jobs(count: number, wanted: (index: number) => Partial<NewJob> = () => ({})) {
  return Array.from({ length: count }, (_, index) => aJob(wanted(index)));
}
