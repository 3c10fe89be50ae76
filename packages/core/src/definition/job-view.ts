import type {
  CancelledJob,
  CompletedJob,
  DeadJob,
  FailedJob,
  Job,
  PendingJob,
  RunningJob,
} from "../job/job.ts";
import type { JsonText } from "../job/json-text.ts";
import type { LogLine, Notes } from "../job/notes.ts";
import type { JobDefinitions, PayloadInput, ResultInput, TypeName } from "./job-definition.ts";

declare const jobType: unique symbol;

/** A job's id; it remembers its type's name, so that `get` and `result` know what they give. */
export type JobId<T extends string = string> = string & { readonly [jobType]?: T | undefined };

type Seen<J extends Job, T extends string, P, R> = Omit<J, "id" | "type" | "payload" | "result"> & {
  readonly id: JobId<T>;
  readonly type: T;
  readonly payload: P;
} & (J extends CompletedJob ? { readonly result: R } : unknown);

/** A job by what its type says; messages of the compiler then name that, and not all definitions. */
type InAnyState<T extends string, P, R> =
  | Seen<PendingJob, T, P, R>
  | Seen<FailedJob, T, P, R>
  | Seen<RunningJob, T, P, R>
  | Seen<CompletedJob, T, P, R>
  | Seen<DeadJob, T, P, R>
  | Seen<CancelledJob, T, P, R>;

/** A job as users see it: its payload and result are values, fresh copies each time. */
export type JobOf<D extends JobDefinitions, T extends TypeName<D> = TypeName<D>> = T extends unknown
  ? InAnyState<T, PayloadInput<D, T>, ResultInput<D, T>>
  : never;

/** What a job's handlers tell of their work. */
interface Told {
  /** The latest value that a handler gave to `job.progress`, in whichever attempt; undefined where there is none. */
  readonly progress: unknown;
  /** The latest lines that handlers gave to `job.log`, oldest first, at most 100. */
  readonly log: readonly LogLine[];
}

type NotedInAnyState<T extends string, P, R> = InAnyState<T, P, R> & Told;

/** A job with what its handlers tell of their work. */
export type NotedJob<
  D extends JobDefinitions,
  T extends TypeName<D> = TypeName<D>,
> = T extends unknown ? NotedInAnyState<T, PayloadInput<D, T>, ResultInput<D, T>> : never;

/** The view of a stored job; a payload or result that is no JSON any more is undefined in it. */
export function viewOf<D extends JobDefinitions, T extends TypeName<D>>(job: Job): JobOf<D, T> {
  return {
    ...job,
    payload: valueOf(job.payload),
    backoff: job.backoff && { ...job.backoff },
    failures: job.failures.map((failure) => ({ ...failure })),
    ...(job.state === "completed" && { result: valueOf(job.result) }),
  } as unknown as JobOf<D, T>;
}

/** The same with the job's notes. */
export function notedViewOf<D extends JobDefinitions, T extends TypeName<D>>(
  job: Job,
  notes: Notes | undefined,
): NotedJob<D, T> {
  const told: Told = {
    progress: valueOf(notes?.progress),
    log: notes?.log.map((line) => ({ ...line })) ?? [],
  };
  return { ...viewOf<D, T>(job), ...told } as unknown as NotedJob<D, T>;
}

function valueOf(text: JsonText | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
