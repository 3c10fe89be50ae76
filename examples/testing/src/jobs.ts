import { defineJobs, json } from "@turno/core";

export interface Order {
  readonly number: number;
  readonly cents: number;
  readonly mail: string;
}

/** The types of jobs of the shop. */
export const jobs = defineJobs({
  order: {
    payload: json<Order>(),
    result: json<{ receipt: string }>(),
    backoff: { kind: "fixed", baseMs: 60_000, jitter: 0 },
  },
  survey: { payload: json<Order>() },
});

export type Jobs = typeof jobs;
