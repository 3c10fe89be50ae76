/**
 * One thing that happened to one process, as that process (or whoever looks after it) wrote it down at once. A history
 * is the events of all processes; it is judged by `judge`.
 */
export type HistoryEvent = Happening & {
  /** In milliseconds, on a monotonic clock that all processes share. */
  readonly at: number;
  /** The name of the process that saw it, given to no other one. */
  readonly process: string;
};

export type Happening = CallEvent | RunEvent | WorkerEvent | ProcessEvent | Sighting;

/** A call of the queue: `invoke` before it, then one of the others; none where the process ended first. */
export type CallEvent =
  | { readonly kind: "invoke"; readonly call: string; readonly does: Call }
  /** It was acknowledged. `enqueued` tells of each job that was handed in, in the same order. */
  | {
      readonly kind: "ok";
      readonly call: string;
      readonly enqueued?: readonly EnqueuedAs[];
      /** Whether a cancel or a retry changed the job. Absent: nobody knows. */
      readonly did?: boolean | undefined;
    }
  /** It was refused: nothing was done. An `error` that begins with "Store" tells of trouble with the store. */
  | { readonly kind: "fail"; readonly call: string; readonly error: string }
  /** It was rejected, and may have been done or not. */
  | { readonly kind: "info"; readonly call: string; readonly error: string };

export type Call =
  | { readonly name: "enqueue"; readonly jobs: readonly HandedIn[] }
  | { readonly name: "cancel" | "retry"; readonly id: string }
  | { readonly name: "prune" };

/** A job as its producer hands it in. */
export interface HandedIn {
  readonly type: string;
  /** JSON text, and different for every job of a history. */
  readonly payload: string;
  readonly priority: number;
  /** After how long it may be started, or 0. */
  readonly delayMs: number;
  readonly maxAttempts: number;
  readonly uniqueKey?: string | undefined;
  /** How long the job keeps its unique key. Default: until it is finished. */
  readonly uniqueUntil?: "finished" | "pruned" | undefined;
  /** How long its handler may take. Absent: for ever. */
  readonly timeoutMs?: number | undefined;
}

export interface EnqueuedAs {
  readonly id: string;
  /** False where the job of that id held the unique key. */
  readonly added: boolean;
}

/** One call of a handler, from `start` to `end`; a run that its process did not survive has no `end`. */
export type RunEvent =
  | {
      readonly kind: "start";
      /** A name that no other run of the history has; handlers give it back as `{ run }`, so that results tell of it. */
      readonly run: string;
      readonly id: string;
      readonly type: string;
      readonly attempt: number;
      /** JSON text. */
      readonly payload: string;
    }
  /** The handler's signal was aborted. `reason` is the code of the error. */
  | { readonly kind: "abort"; readonly run: string; readonly reason: string }
  /** The handler is about to hold up its event loop for so long. */
  | { readonly kind: "block"; readonly run: string; readonly ms: number }
  /** The handler is about to end its own process. */
  | { readonly kind: "die"; readonly run: string }
  /** `fatal`: it threw what makes the job dead at once. */
  | {
      readonly kind: "end";
      readonly run: string;
      readonly how: "returned" | "threw" | "fatal" | "snoozed";
    };

/** What a worker tells of a job once the store has it, by the names of its events; `abandoned` is of another's job. */
export interface Told {
  readonly kind: "told";
  readonly event:
    | "completed"
    | "failed"
    | "dead"
    | "snoozed"
    | "released"
    | "lost"
    | "abandoned"
    | "abandoned dead";
  readonly id: string;
  /** The attempt that was settled; absent for `lost`. After `snoozed` and `released` one less is stored. */
  readonly attempt?: number;
}

export type WorkerEvent =
  | Told
  /** The process starts a worker. */
  | {
      readonly kind: "works";
      readonly types: readonly string[];
      readonly leaseMs: number;
      /** How many handlers it runs at once. Absent: as many as come. */
      readonly concurrency?: number | undefined;
      /** Whether its beat comes from its event loop, so that what holds that up silences it. Default: false. */
      readonly beatsByTimer?: boolean | undefined;
    }
  /** The worker has stopped. */
  | { readonly kind: "stopped" }
  /** A worker, or a call, was refused by its store. */
  | { readonly kind: "trouble"; readonly error: string };

/** What was done to the process named `of`, or befell one. */
export type ProcessEvent =
  | { readonly kind: "killed"; readonly of: string }
  | { readonly kind: "frozen"; readonly of: string }
  | { readonly kind: "thawed"; readonly of: string }
  /** For so long what it sends to its store, beats too, may be held up or get lost. */
  | { readonly kind: "hindered"; readonly of: string; readonly forMs: number }
  /** Until now the event loop of who writes this has stood still for so long, for whatever reason. */
  | { readonly kind: "gap"; readonly ms: number }
  /** It was asked to stop. */
  | { readonly kind: "asked"; readonly of: string }
  /** Its wall clock was set forward, or back. */
  | { readonly kind: "jumped"; readonly of: string; readonly byMs: number }
  | {
      readonly kind: "exited";
      readonly of: string;
      readonly code: number | null;
      readonly signal: string | null;
    };

/** What somebody read in the store, all at one moment. `whole`: there were no other jobs. */
export interface Sighting {
  readonly kind: "saw";
  readonly whole: boolean;
  readonly jobs: readonly SeenJob[];
}

export interface SeenJob {
  readonly id: string;
  readonly type: string;
  readonly state: "pending" | "running" | "completed" | "failed" | "dead" | "cancelled";
  readonly attempt: number;
  readonly revision: number;
  readonly maxAttempts: number;
  /** The run in the result of a completed job. */
  readonly run?: string | undefined;
  /** The unique key, while the job holds it. */
  readonly holdsKey?: string | undefined;
  /** JSON text; may be left out. */
  readonly payload?: string | undefined;
}
