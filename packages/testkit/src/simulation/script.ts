/**
 * What is done to a world, as plain data. Steps name machines, jobs and claims by a pick: a number that chooses among
 * those that are there when the step's turn comes, so that a script stays meaningful whatever is left out of it.
 */
export interface Script {
  /** Of what is left to chance: how long each message travels. */
  readonly seed: number;
  readonly world: WorldOptions;
  readonly steps: readonly Step[];
}

export interface WorldOptions {
  /** For each machine how its workers work. */
  readonly machines: readonly MachineOptions[];
  /** Whether beats come from a place of their own, which a busy process does not hold up. */
  readonly hearts: boolean;
  /** Whether processes are told of each other's work; half of the hints are lost. */
  readonly hints: boolean;
  /** Whether the platform knows which processes have ended. */
  readonly knowsTheDead: boolean;
}

export interface MachineOptions {
  /** How many workers its queue has. */
  readonly workers: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly concurrency: number;
  readonly limited: number;
}

export type Step =
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "enqueue"; readonly on: number; readonly job: Wish }
  | { readonly do: "enqueue many"; readonly on: number; readonly jobs: readonly Wish[] }
  | { readonly do: "cancel"; readonly on: number; readonly job: number }
  | { readonly do: "retry"; readonly on: number; readonly job: number }
  | { readonly do: "reschedule"; readonly on: number; readonly job: number; readonly inMs: number }
  | { readonly do: "await"; readonly on: number; readonly job: number }
  | { readonly do: "prune"; readonly on: number }
  | { readonly do: "pause"; readonly on: number; readonly type: Type }
  | { readonly do: "resume"; readonly on: number; readonly type: Type }
  | {
      readonly do: "claim";
      readonly on: number;
      readonly limit: number;
      readonly type?: Type | undefined;
    }
  | { readonly do: "settle"; readonly claim: number; readonly how: HandSettling }
  | Fault;

/** Everything that goes wrong ends by itself after a while. */
export type Fault =
  | {
      readonly do: "crash";
      readonly on: number;
      /** At once, or at the next commit: just before the store carries it out, or just after. */
      readonly when: "now" | "before a commit" | "after a commit";
      readonly backInMs: number;
    }
  | { readonly do: "stop"; readonly on: number; readonly backInMs: number }
  | { readonly do: "freeze"; readonly on: number | "all"; readonly ms: number }
  | { readonly do: "block"; readonly on: number; readonly ms: number }
  /** The wall clock of one machine, or of all. */
  | { readonly do: "jump"; readonly on: number | "all"; readonly ms: number }
  /** Each message of the machine travels for up to `ms`. */
  | { readonly do: "delay"; readonly on: number; readonly ms: number; readonly forMs: number }
  /** Calls are not carried out, or their answers do not arrive; the caller cannot know which. */
  | {
      readonly do: "lose";
      readonly on: number;
      readonly what: "request" | "answer";
      readonly of: "commit" | "any";
      readonly calls: number;
    }
  | { readonly do: "repeat"; readonly on: number; readonly calls: number }
  | {
      readonly do: "refuse";
      readonly on: number;
      readonly as: "busy" | "full";
      readonly calls: number;
    };

export type Type = (typeof TYPES)[number];

/** `timed` jobs have a timeout, of `limited` ones a worker runs only so many at once. */
export const TYPES = ["plain", "timed", "limited"] as const;

export type HandSettling = "complete" | "fail" | "snooze" | "release";

/** A job that somebody wants. */
export interface Wish {
  readonly type: Type;
  readonly priority: number;
  readonly delayMs: number;
  readonly maxAttempts: number;
  readonly uniqueKey?: string | undefined;
  readonly uniqueUntil?: "finished" | "pruned" | undefined;
  /** What its handler does, run after run; after that it returns at once. */
  readonly plan: readonly Act[];
}

export type Act =
  /** Works for so long; `notes` tell of progress. */
  | { readonly act: "work"; readonly ms: number; readonly notes: boolean }
  | { readonly act: "throw"; readonly ms: number }
  | { readonly act: "fatal" }
  | { readonly act: "snooze"; readonly ms: number }
  /** Waits to be aborted, but not for ever. */
  | { readonly act: "hang" }
  /** Looks at no signal. */
  | { readonly act: "ignore"; readonly ms: number }
  | { readonly act: "block"; readonly ms: number }
  | { readonly act: "crash" }
  /** Enqueues another job, and cancels one. */
  | { readonly act: "enqueue" };
