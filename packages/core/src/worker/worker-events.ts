import type { JobDefinitions, TypeName } from "../definition/job-definition.ts";
import type { JobOf } from "../definition/job-view.ts";
import type { AnyClaimedJob } from "./claimed-job.ts";

type Settled<D extends JobDefinitions, S extends JobOf<D>["state"]> = Extract<
  JobOf<D, TypeName<D>>,
  { readonly state: S }
>;

/** What a worker tells; each event of a job comes after the store has it. */
export interface WorkerEvents<D extends JobDefinitions> {
  /** A handler is called. */
  readonly started: { readonly job: AnyClaimedJob<D> };
  readonly completed: { readonly job: Settled<D, "completed"> };
  /** An attempt failed, and there will be another. */
  readonly failed: { readonly job: Settled<D, "failed">; readonly error: unknown };
  /** The job is given up. */
  readonly dead: { readonly job: Settled<D, "dead">; readonly error: unknown };
  readonly snoozed: { readonly job: Settled<D, "pending" | "failed"> };
  /** The job went back uncharged. */
  readonly released: { readonly job: Settled<D, "pending" | "failed"> };
  /** This worker does not hold the job any more; `reason` is also the reason of the handler's signal. */
  readonly lost: { readonly id: string; readonly type: TypeName<D>; readonly reason: Error };
  /** This worker has failed the job of another one that is gone. */
  readonly abandoned: { readonly job: Settled<D, "failed" | "dead"> };
  /** Something went wrong that is no handler's failure: the store has trouble, or a listener threw. */
  readonly error: { readonly error: unknown };
  readonly stopped: Record<never, never>;
}

/** Their names. */
export const WORKER_EVENTS = [
  "started",
  "completed",
  "failed",
  "dead",
  "snoozed",
  "released",
  "lost",
  "abandoned",
  "error",
  "stopped",
] as const;

/** One of their names; messages of the compiler list them, which they do not for `keyof`. */
export type WorkerEventName = (typeof WORKER_EVENTS)[number];
