import { join } from "node:path";
import type { OwnProcess } from "./own-process.ts";
import type { Manner, Site } from "./site.ts";
import { WallClock } from "./wall-clock.ts";

/** The wall clocks of processes, each of which has its own. What is done to them goes to the harness's history. */
export class WallClocks {
  readonly #site: Site;
  readonly #library: string;
  readonly #clocks = new Map<OwnProcess, WallClock>();
  /** How far the clocks of processes that are started from now on are ahead of the machine's. */
  aheadMs = 0;

  /** `library` is libfaketime. */
  constructor(site: Site, library: string) {
    this.#site = site;
    this.#library = library;
  }

  /** Starts a process with a clock of its own. */
  start(start: (manner: Manner) => OwnProcess): OwnProcess {
    const file = join(this.#site.folder, `clock ${this.#clocks.size + 1}`);
    const clock = new WallClock(this.#library, file, this.aheadMs);
    const started = start({ env: clock.env });
    this.#tell(started, this.aheadMs);
    this.#clocks.set(started, clock);
    return started;
  }

  /** Sets the clock of one process so far ahead of the machine's, or back. */
  set(process: OwnProcess, aheadMs: number): void {
    const clock = this.#clocks.get(process);
    if (clock === undefined) throw new Error(`${process.name} has no clock of its own`);
    this.#tell(process, aheadMs - clock.aheadMs);
    clock.set(aheadMs);
  }

  setAll(aheadMs: number): void {
    this.aheadMs = aheadMs;
    for (const [process] of this.#clocks)
      if (process.exit === undefined) this.set(process, aheadMs);
  }

  #tell({ name }: OwnProcess, byMs: number): void {
    if (byMs !== 0) this.#site.history.write({ kind: "jumped", of: name, byMs });
  }
}
