import type { AnyJobs, EnqueueItem } from "@turno/core";
import type { ShiftOptions } from "@turno/store-durable-object";

/** What a `Shop` can be asked for. */
export type Order =
  | { readonly order: "enqueue"; readonly items: readonly EnqueueItem<AnyJobs>[] }
  | { readonly order: "settings"; readonly settings: Settings }
  | { readonly order: "pause" | "resume"; readonly type: string }
  | { readonly order: "claim"; readonly limit: number }
  | { readonly order: "alarm" | "prune" | "state" | "abort" | "jobs" | "rows" | "setAlarm" };

/** How its alarm is handled. */
export interface Settings extends ShiftOptions {
  readonly concurrency?: number;
  readonly abortMs?: number;
}

export interface ShopState {
  readonly counts: Readonly<Record<string, number>>;
  readonly journal: readonly string[];
  readonly alarmAt: number | null;
  readonly now: number;
}
