import { type Note, noted, type Notes } from "../job/notes.ts";
import type { GroupCommit } from "../store/group-commit.ts";
import type { Clock } from "../time/clock.ts";
import type { Turn } from "../time/turn.ts";
import type { HeldJob, NoteTaker } from "./held-job.ts";

interface NotebookOptions {
  readonly group: GroupCommit;
  readonly clock: Clock;
  readonly turn: Turn;
  readonly isHeld: (held: HeldJob) => boolean;
  readonly onError: (error: unknown) => void;
}

const LEAST_MS_BETWEEN_WRITES = 500;

/** Gathers what handlers tell of their work, and writes it for all of them together, twice a second at the most. */
export class Notebook implements NoteTaker {
  readonly #options: NotebookOptions;
  #unwritten = new Map<HeldJob, Notes>();
  #scheduled = false;
  #timer: unknown;
  /** On the monotonic clock. */
  #restUntil = 0;

  constructor(options: NotebookOptions) {
    this.#options = options;
  }

  /** Nothing is told of a job that is not held any more. */
  add(held: HeldJob, notes: Notes): void {
    if (!this.#options.isHeld(held)) return;
    this.#unwritten.set(held, noted(this.#unwritten.get(held), notes));
    this.#schedule();
  }

  /** What has not been written of a job yet: it goes with its settling. */
  unwrittenOf(held: HeldJob): readonly Note[] {
    const notes = this.#unwritten.get(held);
    return notes === undefined ? NONE : [noteOn(held, notes)];
  }

  /** Writes no more: what is settled took its notes along. */
  close(): void {
    this.#options.clock.clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const { clock, turn } = this.#options;
    const write = () => {
      this.#scheduled = false;
      void this.#write();
    };
    const restMs = this.#restUntil - clock.monotonic();
    if (restMs > 0) this.#timer = clock.setTimeout(write, restMs);
    else turn.next(write);
  }

  async #write(): Promise<void> {
    const { group, clock, isHeld, onError } = this.#options;
    const batch = [...this.#unwritten].filter(([held]) => isHeld(held));
    this.#unwritten = new Map();
    if (batch.length === 0) return;
    this.#restUntil = clock.monotonic() + LEAST_MS_BETWEEN_WRITES;
    try {
      await group.submit({
        note: batch.map(([held, notes]) => noteOn(held, notes)),
        replace: [],
        add: [],
      });
    } catch (error) {
      onError(error);
      for (const [held, notes] of batch)
        this.#unwritten.set(held, noted(notes, this.#unwritten.get(held) ?? NOTHING));
      this.#schedule();
    }
  }
}

const NONE: readonly Note[] = [];
const NOTHING: Notes = { progress: undefined, log: [] };

function noteOn({ record: { seq, revision } }: HeldJob, notes: Notes): Note {
  return { seq, revision, ...notes };
}
