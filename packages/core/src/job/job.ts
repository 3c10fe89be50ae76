import type { Backoff } from "./backoff.ts";
import type { Failure } from "./failure.ts";
import type { Instant } from "./instant.ts";
import type { JsonText } from "./json-text.ts";
import { isFinishedState } from "./state.ts";

/** The number a store gives a worker when it joins; never given twice in one store. */
export type WorkerId = number;

/** How long a job keeps its unique key: until it is finished (the default), or until it is pruned. */
export type UniqueUntil = "finished" | "pruned";

/** A job as it is handed to a store: checked, with every default filled in. */
export interface NewJob {
  readonly type: string;
  readonly payload: JsonText;
  readonly priority: number;
  readonly runAt: Instant;
  /** Whether it may be claimed at once, without waiting for `runAt`. */
  readonly ready: boolean;
  readonly maxAttempts: number;
  readonly timeoutMs: number | undefined;
  readonly backoff: Backoff | undefined;
  readonly uniqueKey: string | undefined;
  readonly uniqueUntil: UniqueUntil;
  readonly createdAt: Instant;
}

interface Common extends Omit<NewJob, "ready"> {
  /** A UUIDv7 by its form; see {@link encodeJobId}. */
  readonly id: string;
  /** The number of the job's row: order among equals. */
  readonly seq: number;
  /** Attempts charged so far; one is charged at each claim. */
  readonly attempt: number;
  /** Rises by one at every write; a write that read an older one is refused. */
  readonly revision: number;
  /** When the latest attempt was claimed. */
  readonly claimedAt: Instant | undefined;
  /** The latest failures, oldest first, at most 10. */
  readonly failures: readonly Failure[];
}

/** Waits for its first attempt. */
export interface PendingJob extends Common {
  readonly state: "pending";
  readonly ready: boolean;
}

/** Waits for another attempt. */
export interface FailedJob extends Common {
  readonly state: "failed";
  readonly ready: boolean;
}

/** Held by a worker. */
export interface RunningJob extends Common {
  readonly state: "running";
  readonly worker: WorkerId;
  readonly claimedAt: Instant;
}

export interface CompletedJob extends Common {
  readonly state: "completed";
  readonly finishedAt: Instant;
  /** Absent where the handler gave none, or its type keeps none. */
  readonly result: JsonText | undefined;
}

/** Given up: its attempts are spent, or its handler said so. */
export interface DeadJob extends Common {
  readonly state: "dead";
  readonly finishedAt: Instant;
}

export interface CancelledJob extends Common {
  readonly state: "cancelled";
  readonly finishedAt: Instant;
}

export type WaitingJob = PendingJob | FailedJob;
export type FinishedJob = CompletedJob | DeadJob | CancelledJob;
export type Job = WaitingJob | RunningJob | FinishedJob;

export function isFinished(job: Job): job is FinishedJob {
  return isFinishedState(job.state);
}

export function isWaiting(job: Job): job is WaitingJob {
  return job.state === "pending" || job.state === "failed";
}

/** The first record of a job: what a store keeps for `job` once it has given it a number and an id. */
export function enqueued({ ready, ...job }: NewJob, seq: number, id: string): PendingJob {
  return {
    ...job,
    id,
    seq,
    state: "pending",
    ready,
    attempt: 0,
    revision: 1,
    claimedAt: undefined,
    failures: [],
  };
}
