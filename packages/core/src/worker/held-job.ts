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

const NONE: readonly SettledByHand[] = [];

/** A job that a worker of this process holds. */
export class HeldJob {
  readonly record: RunningJob;
  readonly #notebook: NoteTaker;
  /** What its worker is about to write, or has written without knowing it yet. */
  settling: Job | undefined;
  #byHand: readonly SettledByHand[] = NONE;
  #handsOn = 0;
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

  get isAborted(): boolean {
    return this.#aborted !== undefined;
  }

  /** Whether the handler can know that it was asked to end. */
  get heardAbort(): boolean {
    return this.isAborted && this.#controller !== undefined;
  }

  abort(reason: unknown): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = { reason };
    this.#controller?.abort(reason);
  }

  /** Whether the answer to a write that is under way will tell what made it `stored`. */
  isSettlingTo(stored: Job | undefined): boolean {
    if (stored?.revision === this.record.revision + 1) return isSame(this.settling, stored);
    // More than one write came since: the one under way may have been the first.
    return this.settling !== undefined || this.#handsOn > 0;
  }

  /** Whether somebody has settled it by hand, or may have. */
  get maybeSettledByHand(): boolean {
    return this.#byHand.length > 0;
  }

  /** Remembers what somebody is writing by hand; of several, one counts at the most. */
  settleByHand(settling: SettledByHand): void {
    this.#byHand = [...this.#byHand, settling];
    this.#handsOn++;
    const over = () => this.#handsOn--;
    settling.done.then(over, over);
  }

  /** Resolves when all that is being written by hand is over. */
  async handsOff(): Promise<void> {
    await Promise.allSettled(this.#byHand.map(({ done }) => done));
  }

  /** The settling by hand that has made `stored` of the job, if one has. */
  settledByHandTo(stored: Job | undefined): SettledByHand | undefined {
    return this.#byHand.find(({ next }) => isSame(next, stored));
  }
}

function isSame(written: Job | undefined, stored: Job | undefined): boolean {
  return (
    written !== undefined && stored?.revision === written.revision && stored.state === written.state
  );
}
