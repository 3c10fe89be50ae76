import type {
  JobDefinition,
  JobDefinitions,
  ResultInput,
  TypeName,
} from "../definition/job-definition.ts";
import type { ClaimedJob } from "./claimed-job.ts";
import type { Settled } from "./settled.ts";

type Outcome<D extends JobDefinitions, T extends TypeName<D>> = D[T] extends {
  readonly result: NonNullable<JobDefinition["result"]>;
}
  ? ResultInput<D, T> | Settled
  : unknown;

/**
 * Does the work of a job. What it returns is the result, if the type keeps one; what it throws fails the attempt,
 * unless it is `Fatal`, `RetryAfter` or `Snooze`.
 */
export type Handler<D extends JobDefinitions, T extends TypeName<D>> = (
  job: ClaimedJob<D, T>,
) => Outcome<D, T> | Promise<Outcome<D, T>>;

/** A handler for each type. */
export type Handlers<D extends JobDefinitions> = { readonly [T in TypeName<D>]: Handler<D, T> };
