import type { Ticks } from "./ticks.ts";

/** One way to do the same work, on storage of its own. */
export interface Peer {
  /** How durable an acknowledged job is, as the storage itself says: not as was asked for. */
  readonly durability: string;
  /** How often it writes when there is nothing to do; undefined where it does not. */
  readonly beatMs?: number;
  /** Resolves once the job `index` is stored. */
  enqueue(index: number): Promise<void>;
  /** 100 producers enqueue `n` jobs in all; each awaits that its job is stored before it enqueues the next. */
  enqueueAwaiting(n: number): Promise<void>;
  /** Stores `n` jobs, 1,000 at a time by the peer's own bulk call; `delayMs` from now where they are not due yet. */
  fill(n: number, delayMs?: number): Promise<void>;
  /** How many jobs are stored. */
  count(): Promise<number>;
  /** Runs handlers until it is closed: `ticks.ran(index)` when one runs, `ticks.stored()` when its end is stored. */
  work(ticks: Ticks, options: WorkOptions): void;
  /** What a dashboard and a janitor ask; undefined where the peer has nothing of the kind. */
  readonly views?: Views;
  close(): Promise<void>;
}

export interface WorkOptions {
  readonly concurrency: number;
  /** Each handler awaits a timer of so many ms; undefined: it does nothing, asynchronously. */
  readonly handlerMs?: number;
}

export interface Views {
  /** How many jobs there are in each state. */
  counts(): Promise<unknown>;
  /** The 50 newest jobs that wait for their time (`fill` with `delayMs`), which few do; absent where it has no such call. */
  page?(): Promise<unknown>;
  /** Deletes all finished jobs; absent where it keeps none. */
  prune?(): Promise<unknown>;
}

export interface Setup {
  /** A file in a fresh folder for an embedded peer, the URL of a fresh database for one with a server. */
  readonly storage: string;
  readonly payloadBytes: number;
  /** Jobs are spread over so many types: job `index` has type `noop-${index % types}`, or "noop" where it is 1. */
  readonly types: number;
}

/** A peer as it takes part: its name in the tables, and how it is opened. */
export interface Entry {
  readonly name: string;
  readonly server?: "redis" | "postgres";
  /** The npm package that has to be installed, where it is a peer's. */
  readonly packages: readonly string[];
  /** Why a test, named by its alias ("A", "C100", "D2", "L"), cannot be run with it; undefined where it can. */
  unfit?(test: string): string | undefined;
  open(setup: Setup): Promise<Peer>;
}
