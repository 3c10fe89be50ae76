/** What takes part: the same work done in one way, on a fresh file of its own. */
export interface Contestant {
  /** 100 producers enqueue `n` jobs in all; each awaits that its job is stored before it enqueues the next. */
  enqueueAwaiting(n: number): Promise<void>;
  /** Stores `n` jobs, 1,000 at a time. */
  fill(n: number): Promise<void>;
  /** Runs handlers that do nothing, 100 at a time, until all `n` jobs are stored as completed. */
  drain(n: number): Promise<void>;
  close(): Promise<void>;
}

/** A payload of about 100 bytes, the same for everybody. */
export function payload(index: number): { readonly index: number; readonly text: string } {
  return {
    index,
    text: "a payload of about a hundred bytes, as a job that sends a mail would have",
  };
}
