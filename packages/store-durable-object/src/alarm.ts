import type { Instant } from "@turno/core";
import type { ObjectStorage } from "./object-storage.ts";

/** An alarm a year finds out what is due in a hundred. */
const FARTHEST_MS = 365 * 24 * 3_600_000;

/**
 * The one alarm of a Durable Object. To set it writes a row, so it is set only where it would come too late: an alarm
 * that finds nothing to do costs less than one that is moved with each job.
 */
export class Alarm {
  readonly #storage: ObjectStorage;
  /** For when it is set, as far as it is known. */
  #at = Number.POSITIVE_INFINITY;

  constructor(storage: ObjectStorage) {
    this.#storage = storage;
  }

  /** Lets the alarm come at this instant or before. */
  by(instant: Instant): void {
    // The platform refuses 0, and counts in nanoseconds, of which a job's latest instant has too many.
    const at = Math.min(Math.max(instant, 1), Date.now() + FARTHEST_MS);
    if (this.#at <= at) return;
    this.#at = at;
    // What could not be written is told by the platform itself: it ends the object, and sends no answer.
    this.#storage.setAlarm(at).catch(() => {});
  }

  /** Knows when the alarm comes that an earlier instance of the object has set. */
  async learn(): Promise<void> {
    const at = await this.#storage.getAlarm().catch(() => null);
    this.#at = Math.min(this.#at, at ?? Number.POSITIVE_INFINITY);
  }

  /** It has come: none is set any more. */
  hasCome(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }
}
