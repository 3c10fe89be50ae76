/** A promise that was not kept. */
export interface Violation {
  /** A short name that stays the same. */
  readonly promise: string;
  /** What happened, with the job and the processes; times are in milliseconds since the first event. */
  readonly what: string;
}
