import type { Backoff, FinishedState, JobState } from "@turno/core";
import type { Move } from "../model/moves.ts";

/**
 * A command, as plain data. It names jobs and workers by a pick: a number that chooses among those that are there
 * when the command's turn comes, so that it aims at something however much was left out before it.
 */
export type Step =
  | ({ readonly do: "write" } & WriteStep)
  | { readonly do: "move the clock"; readonly byMs: number }
  | { readonly do: "wait for the next due job" }
  | { readonly do: "join"; readonly leaseMs: number }
  | { readonly do: "beat"; readonly worker: number }
  | { readonly do: "leave"; readonly worker: number; readonly beat: "any" | "latest" | "old" }
  | { readonly do: "abandon orphans" }
  | { readonly do: "pause"; readonly type: string; readonly paused: boolean }
  | { readonly do: "prune"; readonly ages: PruneAges; readonly limit: number }
  | ({ readonly do: "list" } & ListStep)
  | { readonly do: "reopen" }
  | { readonly do: "kill"; readonly which: number }
  | { readonly do: "reload" }
  | ({ readonly do: "write and kill" } & WriteStep & KillStep);

/** The steps of one kind. */
export type StepTo<Do extends Step["do"]> = Extract<Step, { readonly do: Do }>;

/** One commit. */
export interface WriteStep {
  readonly notes: readonly NoteStep[];
  readonly moves: readonly MoveStep[];
  readonly add: readonly AddStep[];
  readonly claim?: ClaimStep | undefined;
}

/** Which connection sends the write, and which are killed meanwhile. */
interface KillStep {
  readonly sender: number;
  readonly kills: "sender" | "other" | "both";
  /** When: so many eighths of what the last commit took. */
  readonly eighths: number;
}

export interface MoveStep {
  readonly move: Move;
  readonly job: number;
  /**
   * Whether the job is as it is stored, as an earlier move of this commit left it, as it was once before, or at a
   * revision that it has not reached.
   */
  readonly as: "stored" | "just moved" | "once before" | "ahead";
  readonly delayMs: number;
}

export interface NoteStep {
  readonly job: number;
  readonly as: Exclude<MoveStep["as"], "just moved">;
  readonly progress?: string | undefined;
  /** How many lines. */
  readonly lines: number;
}

export interface AddStep {
  readonly type: string;
  readonly payload: string;
  readonly priority?: number | undefined;
  readonly inMs?: number | undefined;
  readonly maxAttempts?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly backoff?: Backoff | undefined;
  readonly uniqueKey?: string | undefined;
  readonly uniqueUntil?: "finished" | "pruned" | undefined;
}

export interface ClaimStep {
  readonly worker: number;
  readonly limit: number;
  readonly slots?: number | undefined;
  readonly types?: readonly string[] | undefined;
  readonly limitOf?: readonly (readonly [string, number])[] | undefined;
}

type PruneAges = Partial<Record<FinishedState, number | undefined>>;

interface ListStep {
  readonly states?: readonly JobState[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly orphaned?: boolean | undefined;
  readonly pageSize: number;
}
