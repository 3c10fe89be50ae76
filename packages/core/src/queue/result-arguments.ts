import type {
  JobDefinitions,
  KeepsResult,
  ResultInput,
  TypeName,
} from "../definition/job-definition.ts";

/**
 * What follows the job in a call of `complete`: its result, if its type keeps one. Of a job whose type is not known it
 * has to be a result of every type that it may have.
 */
export type ResultArguments<D extends JobDefinitions, T extends TypeName<D>> = [
  Keeping<D, T>,
] extends [never]
  ? [result?: undefined]
  : [Misfit<D, T>] extends [never]
    ? [result: EachResult<D, T>]
    : [result: "look at job.type first: its types have different results"];

/** Those of the types that keep a result. */
type Keeping<D extends JobDefinitions, T extends TypeName<D>> = T extends unknown
  ? KeepsResult<D, T> extends true
    ? T
    : never
  : never;

type EachResult<D extends JobDefinitions, T extends TypeName<D>> = T extends unknown
  ? ResultInput<D, T>
  : never;

/** Those of the types that do not take each of the results. */
type Misfit<
  D extends JobDefinitions,
  T extends TypeName<D>,
  R = EachResult<D, T>,
> = T extends unknown ? ([R] extends [ResultInput<D, T>] ? never : T) : never;
