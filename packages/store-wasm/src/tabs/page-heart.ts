import type { BeatReply, Heart, HeartOptions, WorkerId } from "@turno/core";
import type { Answer, FromPage } from "./messages.ts";
import { errorFrom } from "./plain-error.ts";

/** The heart of one of the page's workers, which beats in the page's dedicated worker. */
export class PageHeart implements Heart {
  readonly #worker: WorkerId;
  readonly #options: HeartOptions;
  readonly #post: (message: FromPage) => void;
  readonly #onStop: () => void;

  constructor(
    worker: WorkerId,
    options: HeartOptions,
    post: (message: FromPage) => void,
    onStop: () => void,
  ) {
    this.#worker = worker;
    this.#options = options;
    this.#post = post;
    this.#onStop = onStop;
    this.start();
  }

  /** Lets it beat, in a worker that knows nothing of it yet. */
  start(): void {
    this.#post({ kind: "beat", worker: this.#worker, everyMs: this.#options.everyMs });
  }

  silenceIn(inMs: number | undefined): void {
    this.#post({ kind: "silence", worker: this.#worker, inMs });
  }

  hear(answer: Answer<BeatReply>): void {
    this.#post({ kind: "heard", worker: this.#worker });
    if ("error" in answer) this.#options.onError(errorFrom(answer.error));
    else this.#options.onReply(answer.value);
  }

  stop(): void {
    this.#onStop();
    this.#post({ kind: "rest", worker: this.#worker });
  }
}
