import { renameSync, writeFileSync } from "node:fs";

/** The wall clock of one process, which follows a file while the process runs. */
export class WallClock {
  /** What the process must be started with. */
  readonly env: NodeJS.ProcessEnv;
  readonly #file: string;
  #aheadMs: number;

  /** `library` is libfaketime, `file` is this clock's alone. */
  constructor(library: string, file: string, aheadMs: number) {
    this.#file = file;
    this.#aheadMs = aheadMs;
    this.#write();
    this.env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      // Timers, and the clock by which leases are counted, go on as they are, as they do where somebody sets the clock.
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      // So do the times of files.
      NO_FAKE_STAT: "1",
    };
  }

  /** How far it is ahead of the machine's, or behind. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  set(aheadMs: number): void {
    this.#aheadMs = aheadMs;
    this.#write();
  }

  #write(): void {
    // Renamed, so that nobody reads half of it.
    const written = `${this.#file}.new`;
    const sign = this.#aheadMs < 0 ? "-" : "+";
    writeFileSync(written, `${sign}${Math.abs(this.#aheadMs) / 1_000}\n`);
    renameSync(written, this.#file);
  }
}
