import type { JobDefinitions, TypeName } from "../definition/job-definition.ts";
import type { ClaimedJob } from "../worker/claimed-job.ts";

/** What `claim` takes. */
export interface ClaimOptions<T extends string = string> {
  /** Absent: every type of the queue. */
  readonly types?: readonly T[] | undefined;
  readonly limit?: number | undefined;
}

/** A claimed job of one of the types. */
export type ClaimedOf<D extends JobDefinitions, T extends TypeName<D>> = {
  [K in T]: ClaimedJob<D, K>;
}[T];
