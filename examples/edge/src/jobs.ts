import { defineJobs, json } from "@turno/core";

export interface Digest {
  readonly words: number;
  readonly sha256: string;
}

export const jobs = defineJobs({
  digest: {
    payload: json<{ text: string }>(),
    result: json<Digest>(),
    maxAttempts: 5,
    timeoutMs: 30_000,
  },
});
