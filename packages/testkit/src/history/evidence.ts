import type { HistoryEvent, SeenJob } from "./event.ts";

/** What is judged: everything that is known of some processes that shared a store. */
export interface Evidence {
  /** Of all processes, in any order. */
  readonly events: readonly HistoryEvent[];
  /** All jobs that the store had in the end, when nobody worked any more. */
  readonly jobs: readonly SeenJob[];
  /** The rows that handlers wrote of their own, in one transaction with the completion of their job. */
  readonly rows?: readonly CallersRow[] | undefined;
  readonly terms: Terms;
}

/** Which run of which job wrote the row. */
export interface CallersRow {
  readonly id: string;
  readonly run: string;
}

/** What the processes were run with, and what may be expected of them. */
export interface Terms {
  /** Whether all jobs must be finished in the end. Default: true. */
  readonly finished?: boolean | undefined;
  /** How long finished jobs were kept. Absent: for ever. */
  readonly retentionMs?: number | undefined;
  /**
   * How soon the job of a killed process must run again, the first time it loses one: where another worker with room
   * was there all the time. Absent: not looked at.
   */
  readonly rerunWithinMs?: number | undefined;
  /** How much later than a job behind it another may start, since it was claimed ahead. Absent: order is not looked at. */
  readonly aheadMs?: number | undefined;
  /** Types whose handlers complete their job in one transaction with a row of their own. */
  readonly transactional?: readonly string[] | undefined;
  /** How old what a process had done may be when it is killed and the store has not got it yet. Default: 300. */
  readonly unsettledMs?: number | undefined;
}
