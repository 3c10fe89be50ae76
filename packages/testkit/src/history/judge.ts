import type { Evidence } from "./evidence.ts";

/** A promise that was not kept. */
export interface Violation {
  readonly promise: string;
  /** What happened, with the job and the processes. */
  readonly what: string;
}

/** The promises that this evidence shows broken: none, if all is well. */
export function judge(_evidence: Evidence): readonly Violation[] {
  return [];
}
