import type { Ticks } from "./ticks.ts";

/** What takes part: the same work done in one way, on a file of its own. */
export interface Contestant {
  /** The journal and the sync of the connection that acknowledges, as SQLite says: not as was asked for. */
  readonly durability: string;
  /** How often it writes when there is nothing to do; undefined where it does not. */
  readonly beatMs?: number;
  /** Resolves once the job `index` is stored. */
  enqueue(index: number): Promise<void>;
  /** 100 producers enqueue `n` jobs in all; each awaits that its job is stored before it enqueues the next. */
  enqueueAwaiting(n: number): Promise<void>;
  /** Stores `n` jobs, 1,000 at a time. */
  fill(n: number): Promise<void>;
  /** How many jobs are stored. */
  count(): Promise<number>;
  /** Runs handlers that do nothing, up to 100 at a time where it can, until it is closed. */
  work(ticks: Ticks): void;
  close(): Promise<void>;
}

export type Durability = "full" | "normal";

/** A payload of about 100 bytes, the same for everybody. */
export function payload(index: number): { readonly index: number; readonly text: string } {
  return {
    index,
    text: "a payload of about a hundred bytes, as a job that sends a mail would have",
  };
}
