import type { ClaimedOf, RunningJob } from "@turno/core";
import type { Jobs } from "./jobs.ts";
import type { Process } from "./process.ts";
import type { HandSettling, Type } from "./script.ts";

export type Claimed = ClaimedOf<Jobs, Type>;

/** Somebody's work at a job, from its start on: a handler's, or of those who claim by hand. */
export interface Run {
  readonly name: string;
  readonly job: Claimed;
  readonly process: Process;
  readonly isByHand: boolean;
  /** What the store has started it for; undefined where it has not. */
  readonly claim: RunningJob | undefined;
}

/** A job that was claimed by hand, and how to settle it. */
export interface Held {
  readonly run: Run;
  readonly settle: (how: HandSettling) => void;
}

export type How = "returned" | "threw" | "fatal" | "snoozed";
