import { mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Happening, HistoryEvent } from "@turno/testkit";
import { monotonicMs } from "./clock.ts";

/** What histories' files end in. */
export const HISTORY = ".history.jsonl";

/** One process's account of what happens to it: each event is with the kernel before `write` returns. */
export class HistoryFile {
  readonly #process: string;
  readonly #file: number;

  /** `process` is the name of the process that writes, given to no other one. */
  constructor(folder: string, process: string) {
    mkdirSync(folder, { recursive: true });
    this.#process = process;
    this.#file = openSync(join(folder, process + HISTORY), "a");
  }

  /** One call of the kernel, so that a process that is killed has written the event or has not. */
  write(happening: Happening): void {
    const event: HistoryEvent = { at: monotonicMs(), process: this.#process, ...happening };
    writeSync(this.#file, `${JSON.stringify(event)}\n`);
  }
}
