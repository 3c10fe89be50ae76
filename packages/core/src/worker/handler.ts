import type {
  JobDefinitions,
  KeepsResult,
  PayloadOutput,
  ResultInput,
  TypeName,
} from "../definition/job-definition.ts";
import type { ClaimedAs } from "./claimed-job.ts";
import type { Settled } from "./settled.ts";

/**
 * Does the work of a job. What it returns is the result, if the type keeps one; what it throws fails the attempt,
 * unless it is `Fatal`, `RetryAfter` or `Snooze`.
 */
export type Handler<D extends JobDefinitions, T extends TypeName<D>> = D extends unknown
  ? HandlerOf<T, PayloadOutput<D, T>, Returned<D, T>>
  : never;

/** A handler by what its type says; messages of the compiler then name that, and not all definitions. */
export interface HandlerOf<T extends string, P, R> {
  (job: ClaimedAs<T, P>): R | Settled | Promise<R | Settled>;
}

type Returned<D extends JobDefinitions, T extends TypeName<D>> =
  KeepsResult<D, T> extends true ? ResultInput<D, T> : unknown;

/** A handler for each type. */
export type Handlers<D extends JobDefinitions> = D extends unknown
  ? { readonly [T in TypeName<D>]: HandlerOf<T, PayloadOutput<D, T>, Returned<D, T>> }
  : never;

/** A handler for some of the types. */
export type SomeHandlers<D extends JobDefinitions> = D extends unknown
  ? { readonly [T in TypeName<D>]?: HandlerOf<T, PayloadOutput<D, T>, Returned<D, T>> }
  : never;
