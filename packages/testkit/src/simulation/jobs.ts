import { defineJobs, json } from "@turno/core";
import type { Act } from "./script.ts";

/** What a job carries: its number, which no other job has, and what its handler does. */
interface Payload {
  readonly n: number;
  readonly plan: readonly Act[];
}

const payload = json<Payload>();
const result = json<{ run: string }>();
const backoff = { kind: "exponential", baseMs: 40, capMs: 1_000 } as const;

/** The types of jobs in a simulated world. */
export const jobs = defineJobs({
  plain: { payload, result, backoff },
  timed: { payload, result, backoff, timeoutMs: 250 },
  limited: { payload, result, backoff },
});

export type Jobs = typeof jobs;

export function timeoutMsOf(type: keyof Jobs): number | undefined {
  return type === "timed" ? jobs.timed.timeoutMs : undefined;
}

/** How long finished jobs are kept. */
export const RETENTION = { completed: 12_000, cancelled: 6_000, dead: 18_000 };
