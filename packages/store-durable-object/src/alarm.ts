import type { Instant } from "@turno/core";
import type { ObjectStorage } from "./object-storage.ts";

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
    if (this.#at <= instant) return;
    this.#at = instant;
    // What could not be written is told by the platform itself: it ends the object, and sends no answer.
    this.#storage.setAlarm(instant).catch(() => {});
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
