import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Backoff } from "../job/backoff.ts";
import type { JobSettings } from "../job/new-job.ts";

/** What is known of a type of job. */
export interface JobDefinition extends Omit<JobSettings, "backoff"> {
  /** What a payload looks like: any Standard Schema, or {@link json}. Absent: any JSON, `null` where none is given. */
  readonly payload?: StandardSchemaV1;
  /** What a result looks like, checked before it is stored. Absent: no result is kept. */
  readonly result?: StandardSchemaV1;
  /** How long to wait after a failed attempt: numbers, or a function that gives milliseconds. */
  readonly backoff?: Backoff | BackoffFunction | undefined;
}

/** The milliseconds to wait after attempt number `attempt` (1, 2, …) threw `thrown`. Applies where it is known: in the worker's process. */
export type BackoffFunction = (attempt: number, thrown: unknown) => number;

/** The types of jobs of a queue by their names. */
export type JobDefinitions = Readonly<Record<string, JobDefinition>>;

/** The definitions of a queue that was given none: any name, any payload. */
export type AnyJobs = Readonly<
  Record<string, { readonly payload: StandardSchemaV1<unknown, unknown> }>
>;

/** The names of the types. */
export type TypeName<D extends JobDefinitions> = Extract<keyof D, string>;

type PayloadSchema<D extends JobDefinitions, T extends TypeName<D>> = D[T] extends {
  readonly payload: infer S extends StandardSchemaV1;
}
  ? S
  : undefined;
type ResultSchema<D extends JobDefinitions, T extends TypeName<D>> = D[T] extends {
  readonly result: infer S extends StandardSchemaV1;
}
  ? S
  : undefined;

/** Whether a payload has to be given: not where the type has none, and not where nothing is known of the types. */
export type NeedsPayload<D extends JobDefinitions, T extends TypeName<D>> =
  string extends TypeName<D> ? false : PayloadSchema<D, T> extends undefined ? false : true;

/** Whether the type keeps what its handler returns. */
export type KeepsResult<D extends JobDefinitions, T extends TypeName<D>> =
  ResultSchema<D, T> extends undefined ? false : true;

/** What `enqueue` takes and the store keeps: the input of the type's schema. */
export type PayloadInput<D extends JobDefinitions, T extends TypeName<D>> =
  PayloadSchema<D, T> extends infer S extends StandardSchemaV1
    ? StandardSchemaV1.InferInput<S>
    : null | undefined;

/** What a handler gets: the output of the type's schema. */
export type PayloadOutput<D extends JobDefinitions, T extends TypeName<D>> =
  PayloadSchema<D, T> extends infer S extends StandardSchemaV1
    ? StandardSchemaV1.InferOutput<S>
    : null;

/** What a handler returns and the store keeps: the input of the type's result schema. */
export type ResultInput<D extends JobDefinitions, T extends TypeName<D>> =
  ResultSchema<D, T> extends infer S extends StandardSchemaV1
    ? StandardSchemaV1.InferInput<S>
    : undefined;

/** What `result` gives: the output of the type's result schema. */
export type ResultOutput<D extends JobDefinitions, T extends TypeName<D>> =
  ResultSchema<D, T> extends infer S extends StandardSchemaV1
    ? StandardSchemaV1.InferOutput<S>
    : undefined;
