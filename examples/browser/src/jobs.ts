import { defineJobs, json, type NotedJob } from "@turno/core";

/** Names a file. Its bytes are no part of a payload: they lie on the `Shelf`, under this id. */
export type FileRef = {
  readonly id: string;
  readonly name: string;
  readonly size: number;
};

/** How far a handler is, and in which tab. */
export type Told = { readonly tab: string; readonly done: number; readonly of: number };

const settings = { maxAttempts: 5, timeoutMs: 120_000, backoff: { kind: "exponential" } } as const;

export const jobs = defineJobs({
  thumbnail: {
    payload: json<FileRef>(),
    result: json<{ width: number; height: number }>(),
    priority: 1, // pictures first: one would like to see something
    ...settings,
  },
  hash: { payload: json<FileRef>(), result: json<{ sha256: string }>(), ...settings },
});

export type Jobs = typeof jobs;

/** A job as the board shows it. */
export type PhotoJob = NotedJob<Jobs>;
