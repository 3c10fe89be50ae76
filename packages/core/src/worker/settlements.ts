import type { GroupCommit } from "../store/group-commit.ts";
import type { Replaced } from "../store/store.ts";
import type { Note } from "../job/notes.ts";
import type { Clock } from "../time/clock.ts";
import type { Turn } from "../time/turn.ts";
import type { HeldJob } from "./held-job.ts";
import type { Outcome } from "./outcome.ts";

/** A held job and what has become of it. */
export interface Settlement extends Outcome {
  readonly held: HeldJob;
}

interface SettlementsOptions {
  readonly group: GroupCommit;
  readonly clock: Clock;
  readonly turn: Turn;
  readonly onStored: (settlement: Settlement, outcome: Replaced) => void;
  /** The store could not take them; they are kept and tried again. */
  readonly onTrouble: (error: unknown) => void;
}

const RETRY_MS = 500;

/** Keeps what has become of jobs until the store has taken it, a turn's worth at a time. */
export class Settlements {
  readonly #options: SettlementsOptions;
  #waiting: Settlement[] = [];
  #storing = 0;
  #scheduled = false;
  #over = false;
  #retryTimer: unknown;
  #onIdle: (() => void)[] = [];

  constructor(options: SettlementsOptions) {
    this.#options = options;
  }

  add(settlement: Settlement): void {
    settlement.held.settling = settlement.next;
    this.#waiting.push(settlement);
    this.#schedule();
  }

  /** Whether something waits to be stored. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves when everything so far is stored. */
  idle(): Promise<void> {
    if (this.#waiting.length === 0 && this.#storing === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Tries no more to store what the store has not taken. */
  giveUp(): void {
    this.#over = true;
    this.#waiting = [];
    this.#options.clock.clearTimeout(this.#retryTimer);
  }

  #schedule(): void {
    if (this.#scheduled || this.#over) return;
    this.#scheduled = true;
    // The next turn: handlers that end in this one share the commit, and timers get their say between two commits.
    this.#options.turn.next(() => {
      this.#scheduled = false;
      void this.#store();
    });
  }

  async #store(): Promise<void> {
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    this.#storing++;
    try {
      const replace = batch.map(({ next }) => next);
      const note: Note[] = [];
      for (const { held } of batch) note.push(...held.unwritten);
      const { replaced } = await this.#options.group.submit({ note, replace, add: [] });
      for (const [index, settlement] of batch.entries()) {
        this.#options.onStored(settlement, replaced[index] ?? "stale");
      }
    } catch (error) {
      this.#options.onTrouble(error);
      this.#keep(batch);
    }
    this.#storing--;
    this.#tellIdle();
  }

  #keep(batch: readonly Settlement[]): void {
    this.#waiting.push(...batch);
    if (this.#scheduled || this.#over) return;
    this.#scheduled = true;
    this.#retryTimer = this.#options.clock.setTimeout(() => {
      this.#scheduled = false;
      this.#schedule();
    }, RETRY_MS);
  }

  #tellIdle(): void {
    if (this.#waiting.length > 0 || this.#storing > 0) return;
    const resolve = this.#onIdle;
    this.#onIdle = [];
    for (const done of resolve) done();
  }
}
