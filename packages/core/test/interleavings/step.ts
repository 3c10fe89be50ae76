import type { Method } from "../around.ts";

/** The types of jobs: `checked` has a schema that takes its time, `limited` a time limit and a result. */
export const TYPES = ["plain", "limited", "checked"] as const;
export type Type = (typeof TYPES)[number];

/** What a handler does in one run of a job; a job whose plan is at its end returns. */
export const ACTS = [
  "return",
  "throw",
  "be fatal",
  "snooze",
  "retry after",
  "return what cannot be stored",
  "wait",
  "wait without looking at the signal",
  "wait for time",
  "end when aborted",
  "never end",
  "complete by hand",
  "complete by hand, not waiting",
  "release by hand",
  "fail by hand, then throw",
  "cancel itself",
  "enqueue another",
] as const;
export type Act = (typeof ACTS)[number];

export interface Wish {
  readonly type: Type;
  readonly plan: readonly Act[];
  readonly delayMs: number;
  readonly priority: number;
  readonly uniqueKey: string | undefined;
}

/** What somebody does to a queue (one of two, each like a process of its own), or what happens to it. */
export type Step =
  | { readonly do: "enqueue"; readonly queue: number; readonly wish: Wish }
  | { readonly do: "enqueue many"; readonly queue: number; readonly wishes: readonly Wish[] }
  | { readonly do: "cancel" | "retry"; readonly queue: number; readonly pick: number }
  | { readonly do: "pause" | "resume"; readonly queue: number; readonly type: Type }
  | { readonly do: "claim"; readonly queue: number; readonly limit: number }
  | { readonly do: "settle"; readonly pick: number; readonly how: HandSettling }
  | { readonly do: "work"; readonly queue: number; readonly kind: number }
  | { readonly do: "stop"; readonly pick: number; readonly graceMs: number }
  | { readonly do: "close"; readonly queue: number }
  | { readonly do: "let time pass" | "set the wall clock"; readonly ms: number }
  | { readonly do: "give up a worker"; readonly pick: number }
  | { readonly do: "keep waiting"; readonly method: Method }
  | { readonly do: "keep nobody waiting" };

export const HAND_SETTLINGS = ["complete", "fail", "snooze", "release"] as const;
export type HandSettling = (typeof HAND_SETTLINGS)[number];

/** So many calls of the store fail, from this one on. */
export interface Outage {
  readonly from: number;
  readonly calls: number;
  /** `no claims`: only those that claim. */
  readonly kind: "busy" | "partly busy" | "full" | "broken" | "no claims";
}

export interface Scenario {
  /** The store has no trouble, nobody is given up, and little time passes. */
  readonly isCalm: boolean;
  readonly steps: readonly Step[];
  readonly outages: readonly Outage[];
  readonly atOnce: readonly Method[];
  readonly commitsAtOnce: number;
  /** How often the event loop turns between two moments, in turn. */
  readonly turns: readonly number[];
}
