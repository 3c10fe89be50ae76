import type { Store } from "@turno/core";

/** The calls of a store that travel from a process to it. */
export type Method = Exclude<
  keyof Store,
  | "salt"
  | "clock"
  | "commitsAtOnce"
  | "adopter"
  | "examine"
  | "heart"
  | "watch"
  | "within"
  | "close"
>;
