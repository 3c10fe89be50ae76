import type { Job, RunningJob } from "../job/job.ts";
import type { Note, Notes } from "../job/notes.ts";
import type { Outcome } from "./outcome.ts";

/** What somebody has written, or may have written, for a held job by other means than its worker's. */
export interface SettledByHand extends Outcome {
  /** Resolves or rejects when the writing is over; whether it counts, the store knows. */
  readonly done: Promise<unknown>;
}

/** Where what a handler tells goes. */
export interface NoteTaker {
  add(held: HeldJob, notes: Notes): void;
  unwrittenOf(held: HeldJob): readonly Note[];
}

/** A job that a worker of this process holds. */
export class HeldJob {
  readonly record: RunningJob;
  readonly #notebook: NoteTaker;
  settledByHand: SettledByHand | undefined;
  /** What its worker is about to write, or has written without knowing it yet. */
  settling: Job | undefined;
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(record: RunningJob, notebook: NoteTaker) {
    this.record = record;
    this.#notebook = notebook;
  }

  note(notes: Notes): void {
    this.#notebook.add(this, notes);
  }

  /** What was noted and is not written yet: it goes with the settling. */
  get unwritten(): readonly Note[] {
    return this.#notebook.unwrittenOf(this);
  }

  /** Made when it is first asked for: most handlers never do, and it costs more than the rest of the job. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  /** Whether the handler can know that it was asked to end. */
  get heardAbort(): boolean {
    return this.#aborted !== undefined && this.#controller !== undefined;
  }

  abort(reason: unknown): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = { reason };
    this.#controller?.abort(reason);
  }

  /** Whether `stored` is what its worker has written: the answer to that will tell. */
  isSettlingTo(stored: Job | undefined): boolean {
    return isSame(this.settling, stored);
  }

  /** Whether `stored` is what settling by hand has made of the job. */
  wasSettledByHandTo(stored: Job | undefined): stored is Job {
    return isSame(this.settledByHand?.next, stored);
  }
}

function isSame(written: Job | undefined, stored: Job | undefined): boolean {
  return (
    written !== undefined && stored?.revision === written.revision && stored.state === written.state
  );
}
