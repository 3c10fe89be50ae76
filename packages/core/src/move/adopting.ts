import type { AdoptedBatch, AdoptedSource, Adopter } from "../store/adopter.ts";
import type { Patience } from "../store/patience.ts";
import type { WorkerId } from "../job/job.ts";
import { AnswerLost } from "../store/store-error.ts";

interface AdoptingOptions {
  readonly adopter: Adopter;
  readonly patience: Patience;
  readonly source: AdoptedSource;
}

const MOST_LOST = 10;

/** One run of a move, as the target sees it. */
export class Adopting {
  readonly #options: AdoptingOptions;
  #run = 0;

  constructor(options: AdoptingOptions) {
    this.#options = options;
  }

  /** Answers with the last number of the source where the move has ended already. */
  async begin(): Promise<number | undefined> {
    const { adopter, patience, source } = this.#options;
    const { run, endedAt } = await patience.try(() => adopter.begin(source));
    this.#run = run;
    return endedAt;
  }

  take(batch: AdoptedBatch): Promise<void> {
    return this.#fenced((run) => this.#options.adopter.take(run, batch));
  }

  end(last: { readonly seq: number; readonly worker: WorkerId }): Promise<void> {
    return this.#fenced((run) => this.#options.adopter.end(run, last));
  }

  /** A call whose answer was lost may be carried out yet, after later ones: beginning anew shuts it out. */
  async #fenced(call: (run: number) => ReturnType<Adopter["take"]>): Promise<void> {
    for (let lost = 0; ; lost++) {
      try {
        await this.#options.patience.tryOnce(() => call(this.#run));
        return;
      } catch (error) {
        if (!(error instanceof AnswerLost) || lost >= MOST_LOST) throw error;
        if ((await this.begin()) !== undefined) return;
      }
    }
  }
}
