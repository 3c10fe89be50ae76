import type { Job } from "../job/job.ts";
import type { GroupCommit } from "../store/group-commit.ts";
import type { Replaced } from "../store/store.ts";
import type { Clock } from "../time/clock.ts";
import type { Turn } from "../time/turn.ts";
import type { HeldJob } from "./held-job.ts";

/** A held job and what it has become. */
export interface Settlement {
  readonly held: HeldJob;
  readonly next: Job;
  /** What its handler threw, for the event. */
  readonly thrown?: unknown;
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
  #scheduled = false;
  #storing = 0;
  #onIdle: (() => void)[] = [];

  constructor(options: SettlementsOptions) {
    this.#options = options;
  }

  add(settlement: Settlement): void {
    this.#waiting.push(settlement);
    this.#schedule();
  }

  /** Resolves when everything so far is stored. */
  idle(): Promise<void> {
    if (this.#waiting.length === 0 && this.#storing === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // The next turn: handlers that end in this one share the commit, and timers get their say between two commits.
    this.#options.turn.next(() => {
      this.#scheduled = false;
      void this.#store();
    });
  }

  async #store(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#storing++;
    try {
      const { replaced } = await this.#options.group.submit({
        replace: batch.map(({ next }) => next),
        add: [],
      });
      for (const [index, settlement] of batch.entries()) {
        this.#options.onStored(settlement, replaced[index] ?? "stale");
      }
    } catch (error) {
      this.#options.onTrouble(error);
      await new Promise<void>((resolve) => void this.#options.clock.setTimeout(resolve, RETRY_MS));
      this.#waiting.push(...batch);
      this.#schedule();
    } finally {
      this.#storing--;
    }
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#waiting.length > 0 || this.#storing > 0) return;
    const resolve = this.#onIdle;
    this.#onIdle = [];
    for (const done of resolve) done();
  }
}
