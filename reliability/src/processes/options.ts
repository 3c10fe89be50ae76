import type { WorkerOptions as QueueWorkerOptions } from "@turno/core";
import type { FaultName } from "../faults/fault.ts";
import type { Behaviour } from "./behaviour.ts";
import type { JobType } from "./jobs.ts";

/** Where a queue lies in a Postgres. */
export interface PostgresPlace {
  readonly url: string;
  readonly schema: string;
}

/** What every program of this folder is told, as JSON in its one argument. */
export interface ProcessOptions {
  /** Its name in the histories. */
  readonly name: string;
  /** The folder of the histories. */
  readonly folder: string;
  /** The database. */
  readonly path: string;
  readonly seed: number;
  /** Where the jobs lie instead, if not in that. */
  readonly postgres?: PostgresPlace | undefined;
  /** Default: `normal`, which loses nothing when a process is killed. */
  readonly durability?: "full" | "normal" | undefined;
  /** It writes down whenever its event loop stands still. */
  readonly tellsGaps?: boolean | undefined;
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
  /** One kind after the other, whatever their weights. Default: by chance. */
  readonly inTurn?: boolean;
  /** What was not answered it sends again until it is, where each job has a key of its own. */
  readonly sendsAgain?: boolean;
  /** The share of its calls that are followed by the cancelling of one of their jobs, 0 to 1. Default: 0. */
  readonly cancels?: number;
}

/** What a process is told that races for unique keys. */
export interface RacerOptions extends ProcessOptions {
  /** How many calls a second it makes. */
  readonly perSecond: number;
  /** What kinds of jobs, all with unique keys. */
  readonly mix: readonly Share[];
}

/** What a process is told that only enqueues, one by one. */
export interface WriterOptions extends ProcessOptions {
  /** It enqueues no more than so many. Default: no end. */
  readonly most?: number;
  /** What kinds of jobs. */
  readonly mix: readonly Share[];
}

/** What a process is told that enqueues numbered jobs in bulk. */
export interface FeederOptions extends ProcessOptions {
  /** It enqueues so many. */
  readonly jobs: number;
  /** It rests while more wait than so many. */
  readonly backlog: number;
}

/** What a worker is told that counts numbered jobs. */
export interface CounterOptions extends ProcessOptions {
  /** There are so many. */
  readonly jobs: number;
  /** It looks at its memory whenever it has completed so many more. */
  readonly sampleEvery: number;
}

/** What a `counter` writes down now and then, a line each, into the file that is named for it and ends so. */
export const SAMPLES = ".samples.jsonl";

export interface Sample {
  readonly completed: number;
  /** Heap and what hangs on it, after everything that could be let go was, in bytes. */
  readonly memory: number;
  readonly rss: number;
  /** The size of the database, in bytes. */
  readonly file: number;
}

/** What a `counter` writes down at last. */
export interface Counted {
  readonly completed: number;
  /** How many jobs were run exactly once. */
  readonly once: number;
}

/** What a process is told that deletes what is finished. */
export interface PrunerOptions extends ProcessOptions {
  readonly everyMs: number;
}

/** What a process is told that has the database open for purposes of its own, and cuts its log back every so often. */
export interface BystanderOptions extends ProcessOptions {
  readonly everyMs: number;
}

/** What another program is told that uses the same database, and knows nothing of the queue. */
export interface HolderOptions extends ProcessOptions {
  /** It executes these statements and keeps what they take until it is asked to stop. */
  readonly holds: readonly string[];
}

/** What another program is told that writes into a table of its own. */
export interface FillerOptions extends ProcessOptions {
  readonly bytesPerSecond: number;
}

/** The programs of this folder, and what each is told. */
export interface Programs {
  readonly producer: ProducerOptions;
  readonly worker: WorkerOptions;
  readonly racer: RacerOptions;
  readonly writer: WriterOptions;
  readonly feeder: FeederOptions;
  readonly counter: CounterOptions;
  readonly pruner: PrunerOptions;
  readonly bystander: BystanderOptions;
  readonly holder: HolderOptions;
  readonly filler: FillerOptions;
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
  /** It has a unique key that no other job has, and keeps it until it is pruned. */
  readonly ownKey?: boolean;
  /** How long it keeps its key. Default: `finished`. */
  readonly uniqueUntil?: "finished" | "pruned";
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
