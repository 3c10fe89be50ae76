import { defineJobs } from "@turno/core";
import { z } from "zod";

export const jobs = defineJobs({
  invoice: {
    payload: z.object({ orderId: z.int() }),
    result: z.object({ total: z.int() }),
    maxAttempts: 5,
    timeoutMs: 60_000,
  },
});

export type Jobs = typeof jobs;
