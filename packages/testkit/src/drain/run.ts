import type { Instant, JobDefinitions, JobId, JobState, ResultInput, TypeName } from "@turno/core";

/** One attempt of a job, and what became of the job by it. */
export type Run<D extends JobDefinitions> = { [T in TypeName<D>]: RunOf<D, T> }[TypeName<D>];

interface RunOf<D extends JobDefinitions, T extends TypeName<D>> {
  readonly id: JobId<T>;
  readonly type: T;
  /** The number of the attempt: 1, 2, … A snoozed job has it back, and its next run the same number. */
  readonly attempt: number;
  readonly claimedAt: Instant;
  /** `pending` or `failed`: it waits; `lost`: somebody else settled the job meanwhile. */
  readonly state: JobState | "lost";
  /** What the handler gave, if its type keeps a result. */
  readonly result?: ResultInput<D, T>;
  /** What failed the attempt, or the reason why the job was lost. */
  readonly error?: unknown;
}
