import type { CallersRow, SeenJob } from "@turno/testkit";

type Awaitable<T> = T | Promise<T>;

/** Who looks into a store from the harness's own process, wherever that store is. */
export interface Observed {
  /** Writes a sighting down every so often. */
  startLooking(everyMs: number): void;
  /** How many jobs were ever stored. */
  readonly newest: Awaitable<number>;
  /** How many jobs are not finished. */
  readonly unfinished: Awaitable<number>;
  /** Whether a job of the type is running, for all that is stored. */
  isRunning(type: string): Awaitable<boolean>;
  /** All jobs, their payloads included. */
  jobs(): Awaitable<SeenJob[]>;
  /** The rows that handlers of `deal` wrote. */
  rows(): Awaitable<CallersRow[]>;
  /** What is wrong with what is stored; undefined where it is whole. */
  damage(): Awaitable<string | undefined>;
}
