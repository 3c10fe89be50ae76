import type { CallHistory, HandIn } from "./call-history.ts";
import type { HistoryEvent, SeenJob } from "./event.ts";
import type { CallersRow, Terms } from "./evidence.ts";
import type { JobHistory } from "./job-history.ts";
import type { ProcessHistory } from "./process-history.ts";
import type { Run } from "./run.ts";
import type { Span } from "./span.ts";

export type Sighting = Extract<HistoryEvent, { kind: "saw" }>;

/** Evidence in the order in which it is looked at: by job, by process, by call. */
export interface History {
  readonly terms: Terms;
  readonly startedAt: number;
  readonly endedAt: number;
  /** By id; also jobs of which there is no more than a call that named them. */
  readonly jobs: ReadonlyMap<string, JobHistory>;
  readonly processes: ReadonlyMap<string, ProcessHistory>;
  readonly runs: ReadonlyMap<string, Run>;
  readonly calls: readonly CallHistory[];
  /** By payload. */
  readonly handIns: ReadonlyMap<string, readonly HandIn[]>;
  readonly sightings: readonly Sighting[];
  readonly finalJobs: readonly SeenJob[];
  readonly rows: readonly CallersRow[] | undefined;
  /** While one process was frozen and nobody wrote: it may have held the store's lock, and nobody could beat. */
  readonly standstills: readonly Span[];
  /** Whether handlers may hang so long that their process is given up for it. */
  readonly hasTimeouts: boolean;
  /** By how much the wall clocks were set in all. */
  readonly jumpedMs: number;
}
