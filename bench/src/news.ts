import type { PartResult } from "./outcome.ts";

/** What a process of a round tells who started it. */
export type News =
  | { readonly kind: "ready" | "begin" | "end" }
  | { readonly kind: "stored"; readonly stored: number }
  | { readonly kind: "result"; readonly result: PartResult }
  | { readonly kind: "error"; readonly message: string };

/** What it is started with. */
export interface PartOptions {
  readonly test: string;
  readonly part: string;
  readonly peer: string;
  readonly storage: string;
  readonly n: number;
}
