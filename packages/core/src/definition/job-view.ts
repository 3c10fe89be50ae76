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
export type JobId<T extends string = string> = string & { readonly [jobType]?: T };

type Seen<J extends Job, D extends JobDefinitions, T extends TypeName<D>> = Omit<
  J,
  "id" | "type" | "payload" | "result"
> & {
  readonly id: JobId<T>;
  readonly type: T;
  readonly payload: PayloadInput<D, T>;
} & (J extends CompletedJob ? { readonly result: ResultInput<D, T> } : unknown);

type Each<D extends JobDefinitions, T extends TypeName<D>> =
  | Seen<PendingJob, D, T>
  | Seen<FailedJob, D, T>
  | Seen<RunningJob, D, T>
  | Seen<CompletedJob, D, T>
  | Seen<DeadJob, D, T>
  | Seen<CancelledJob, D, T>;

/** A job as users see it: its payload and result are values, fresh copies each time. */
export type JobOf<D extends JobDefinitions, T extends TypeName<D> = TypeName<D>> = T extends unknown
  ? Each<D, T>
  : never;

/** A job with what its handlers tell of their work. */
export type NotedJob<D extends JobDefinitions, T extends TypeName<D> = TypeName<D>> = JobOf<
  D,
  T
> & {
  /** The latest value that a handler gave to `job.progress`, in whichever attempt; undefined where there is none. */
  readonly progress: unknown;
  /** The latest lines that handlers gave to `job.log`, oldest first, at most 100. */
  readonly log: readonly LogLine[];
};

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
  const log = notes?.log.map((line) => ({ ...line })) ?? [];
  return { ...viewOf<D, T>(job), progress: valueOf(notes?.progress), log };
}

function valueOf(text: JsonText | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
