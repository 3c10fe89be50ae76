import type { BeatReply, Heart, HeartOptions, WorkerId, WorkerRecord } from "@turno/core";

/**
 * Beats that write nothing. All workers of a Durable Object live in its one thread, and end with it: so a sign of life is
 * only for those who watch each other there, and lies in memory.
 */
export class Hearts {
  readonly #ask: (worker: WorkerId) => BeatReply;
  readonly #beats = new Map<WorkerId, number>();

  /** `ask` says what the store knows of a worker. */
  constructor(ask: (worker: WorkerId) => BeatReply) {
    this.#ask = ask;
  }

  start(worker: WorkerId, { everyMs, onReply, onError }: HeartOptions): Heart {
    const timer = setInterval(() => {
      try {
        const reply = this.#ask(worker);
        if (reply.known) this.#beats.set(worker, this.beatsOf(worker) + 1);
        onReply(reply);
      } catch (error) {
        onError(error);
      }
    }, everyMs);
    return {
      // It beats in the thread that a handler would hold up, and so is silent by itself.
      silenceIn: () => {},
      stop: () => {
        clearInterval(timer);
        this.#beats.delete(worker);
      },
    };
  }

  /** How often the worker has beaten without writing it. */
  beatsOf(worker: WorkerId): number {
    return this.#beats.get(worker) ?? 0;
  }

  /** The record of a worker as those should see it who watch for its beat. */
  seen(worker: WorkerRecord): WorkerRecord {
    return { ...worker, beat: worker.beat + this.beatsOf(worker.id) };
  }
}
