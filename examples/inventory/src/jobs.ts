import { defineJobs, json } from "@turno/core";
import type { StoredPath } from "./stored-path.ts";

/** What there is to do: one job a file, whose payload says which, relative to the directory. */
export const jobs = defineJobs({
  "hash-file": {
    payload: json<StoredPath>(),
    maxAttempts: 10,
    backoff: { kind: "fixed", baseMs: 500 },
  },
});

export type Jobs = typeof jobs;
