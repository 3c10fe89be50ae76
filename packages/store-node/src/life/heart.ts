import type { BeatReply, Heart, HeartOptions } from "@turno/core";
import { type Beats, HEARD, SILENT_AT } from "./heart-messages.ts";

/** No handler is given longer: a number of nanoseconds must fit into 64 bits. */
const LONGEST_SILENCE_MS = 2 ** 40;

interface WorkerHeartOptions extends HeartOptions {
  readonly worker: number;
  readonly onStop: () => void;
}

/** The heart of one worker, which beats in the thread, as seen from the store. */
export class WorkerHeart implements Heart {
  readonly beats: Beats;
  readonly #options: WorkerHeartOptions;
  #stopped = false;

  constructor(options: WorkerHeartOptions) {
    this.#options = options;
    const pulse = new BigInt64Array(new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT));
    this.beats = { worker: options.worker, everyMs: options.everyMs, pulse };
  }

  silenceIn(ms: number | undefined): void {
    Atomics.store(this.beats.pulse, SILENT_AT, ms === undefined ? 0n : instantIn(ms));
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#options.onStop();
  }

  /** The thread has beaten; to count it shows the thread that the main thread answers. */
  hear(reply: BeatReply): void {
    Atomics.add(this.beats.pulse, HEARD, 1n);
    if (!this.#stopped) this.#options.onReply(reply);
  }

  /** Something else is amiss with the store. */
  tell(error: unknown): void {
    if (!this.#stopped) this.#options.onError(error);
  }

  /** The thread could not beat. */
  fail(error: unknown): void {
    Atomics.add(this.beats.pulse, HEARD, 1n);
    this.tell(error);
  }
}

function instantIn(ms: number): bigint {
  const clamped = Math.min(Math.max(ms, 0), LONGEST_SILENCE_MS);
  return process.hrtime.bigint() + BigInt(Math.round(clamped * 1_000_000));
}
