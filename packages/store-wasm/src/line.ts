import type { Clock, Heart, HeartOptions, Watched, WorkerId } from "@turno/core";
import type { Method } from "./holder/call.ts";

/** A way to whoever holds a queue's database. */
export interface Line {
  /** See `Store.salt`. */
  readonly salt: number;
  readonly mode: "indexeddb" | "custom";
  /** Whether other tabs use the queue as well. */
  readonly isShared: boolean;
  readonly clock?: Clock;
  /** What the method of that name gives. */
  call(method: Method, args: readonly unknown[]): Promise<unknown>;
  heart?(worker: WorkerId, options: HeartOptions): Heart;
  watch(listener: () => void, what: Watched): Disposable;
  close(): Promise<void>;
}
