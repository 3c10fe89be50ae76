import type { Trouble } from "./ticks.ts";

/** What came of a round or a part of it. */
export interface Outcome {
  /** By the key of a column; what cannot be told is left out. */
  readonly figures: Readonly<Record<string, number>>;
  /** How many the CPU time was for. */
  readonly jobs: number;
  readonly trouble: Trouble;
  /** For who conducts. */
  readonly instants?: Readonly<Record<string, readonly number[]>>;
}

/** The same of a process, with what the process cost. */
export interface PartResult extends Outcome {
  readonly durability: string;
  readonly beatMs?: number | undefined;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly wallSeconds: number;
}

export const NO_TROUBLE: Trouble = { errors: 0, twice: 0, never: 0 };
