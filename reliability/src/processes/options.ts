import type { WorkerOptions as QueueWorkerOptions } from "@turno/core";
import type { FaultName } from "../faults/fault.ts";
import type { Behaviour } from "./behaviour.ts";
import type { JobType } from "./jobs.ts";

/** What every program of this folder is told, as JSON in its one argument. */
export interface ProcessOptions {
  /** Its name in the histories. */
  readonly name: string;
  /** The folder of the histories. */
  readonly folder: string;
  /** The database. */
  readonly path: string;
  readonly seed: number;
  /** Default: `normal`, which loses nothing when a process is killed. */
  readonly durability?: "full" | "normal" | undefined;
  /** Spoils its store. */
  readonly fault?: FaultName | undefined;
}

export interface ProducerOptions extends ProcessOptions {
  /** How many jobs a second it enqueues. */
  readonly perSecond: number;
  /** It enqueues no more than so many in all. Default: no end. */
  readonly most?: number;
  /** It rests while more wait than so many. Default: 2,000. */
  readonly backlog?: number;
  /** A call enqueues from 1 to so many jobs. Default: 10. */
  readonly batch?: number;
  /** What kinds of jobs. */
  readonly mix: readonly Share[];
  /** The share of its calls that are followed by the cancelling of one of their jobs, 0 to 1. Default: 0. */
  readonly cancels?: number;
}

/** One kind of job in a mix. */
export interface Share {
  /** How often, beside the others. */
  readonly weight: number;
  /** Default: `task`. */
  readonly type?: JobType;
  /** `ms` is spread from 0 to twice as much. */
  readonly does: Behaviour;
  /** One of these. Default: 0. */
  readonly priorities?: readonly number[];
  /** It waits up to so long, sometimes not at all. Default: 0. */
  readonly delayMs?: number;
  /** It has one of so many unique keys. Default: none. */
  readonly uniqueKeys?: number;
  /** Default: 25. */
  readonly maxAttempts?: number;
  /** How long its handler may take. Default: as long as it wants. */
  readonly timeoutMs?: number;
}

export interface WorkerOptions
  extends ProcessOptions,
    Pick<QueueWorkerOptions, "concurrency" | "leaseMs" | "pollMs" | "graceMs" | "abortMs"> {
  /** Default: all. */
  readonly types?: readonly JobType[];
  /** How long finished jobs are kept. Default: for ever. */
  readonly retentionMs?: number;
}
