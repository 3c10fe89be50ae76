/** Milliseconds since the epoch, an integer from 0 to 8.64e15. */
export type Instant = number;
