import type { Driver } from "../driver.ts";
import { type BeatNews, type Beats, HEARD, type PlainError, SILENT_AT } from "./heart-messages.ts";
import { isBusy } from "../is-busy.ts";
import { holdLock, type Lock } from "./lock.ts";
import { removeFile } from "../file/remove-file.ts";

const BUSY_RETRY_MS = 20;

/** With so much news unheard the main thread counts as not answering. */
const UNHEARD = 2n;

interface LifeOptions {
  readonly driver: Driver;
  readonly lockFile: string;
  readonly beat: (worker: number) => BeatNews;
  readonly tell: (news: BeatNews) => void;
}

/** The life of one worker as others see it: a lock that is held, and beats. */
export class Life {
  readonly #options: LifeOptions;
  #lock: Lock | undefined;
  #timer: NodeJS.Timeout | undefined;
  #told = 0n;

  constructor(options: LifeOptions) {
    this.#options = options;
  }

  hold(): void {
    this.#lock ??= holdLock(this.#options.driver, this.#options.lockFile);
  }

  beat(beats: Beats): void {
    this.rest();
    this.#told = Atomics.load(beats.pulse, HEARD);
    this.#next(beats, beats.everyMs);
  }

  rest(): void {
    clearTimeout(this.#timer);
  }

  /** Lets go of the lock. */
  end(): void {
    this.rest();
    this.#lock?.close();
    this.#lock = undefined;
  }

  /** Nobody asks for the lock any more. */
  remove(): void {
    this.end();
    removeFile(this.#options.lockFile);
  }

  #next(beats: Beats, ms: number): void {
    this.#timer = setTimeout(() => this.#beatOnce(beats), ms);
  }

  #beatOnce(beats: Beats): void {
    if (this.#isGivenUp(beats.pulse)) {
      // So that others see at once that this worker does nothing any more.
      this.end();
      return this.#next(beats, beats.everyMs);
    }
    this.#holdAgain();
    try {
      this.#tell(this.#options.beat(beats.worker));
    } catch (error) {
      if (isBusy(error)) return this.#next(beats, BUSY_RETRY_MS);
      this.#tell({ kind: "trouble", error: plainError(error) });
    }
    this.#next(beats, beats.everyMs);
  }

  #holdAgain(): void {
    try {
      this.hold();
    } catch {
      // Beats alone are a sign of life too.
    }
  }

  #tell(news: BeatNews): void {
    this.#told++;
    this.#options.tell(news);
  }

  /** Whether a handler is too late while the main thread answers nothing. */
  #isGivenUp(pulse: BigInt64Array): boolean {
    const silentAt = Atomics.load(pulse, SILENT_AT);
    if (silentAt === 0n || process.hrtime.bigint() < silentAt) return false;
    return this.#told - Atomics.load(pulse, HEARD) >= UNHEARD;
  }
}

export function plainError(error: unknown): PlainError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return { code, message: error instanceof Error ? error.message : String(error) };
}
