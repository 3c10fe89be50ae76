import type { Queue } from "@turno/core";
import type { Calls } from "./calls.ts";
import type { Jobs } from "./jobs.ts";
import type { Type } from "./step.ts";

/** Pause and resume types, and know which are paused for certain. */
export class Pauses {
  readonly #queues: readonly Queue<Jobs>[];
  readonly #calls: Calls;
  readonly #paused: readonly Set<Type>[];
  #resumes = 0;
  #resuming = 0;

  constructor(queues: readonly Queue<Jobs>[], calls: Calls) {
    this.#queues = queues;
    this.#calls = calls;
    this.#paused = queues.map(() => new Set());
  }

  /** Whether `pause` has resolved on this queue, and nobody has asked for the contrary since it was called. */
  isPaused(queue: number, type: Type): boolean {
    return this.#paused[queue]!.has(type);
  }

  pause(queue: number, type: Type): void {
    const isAlone = this.#resuming === 0;
    const resumes = this.#resumes;
    void this.#calls.make(`pause ${type} on ${queue}`, () => this.#queues[queue]!.pause(type), {
      given: () => {
        if (isAlone && this.#resumes === resumes) this.#paused[queue]!.add(type);
      },
    });
  }

  resume(queue: number, type: Type): void {
    this.#resumes++;
    this.#resuming++;
    for (const paused of this.#paused) paused.delete(type);
    void this.#calls
      .make(`resume ${type} on ${queue}`, () => this.#queues[queue]!.resume(type))
      .finally(() => this.#resuming--);
  }
}
