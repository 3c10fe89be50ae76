import type { AdoptedJob } from "../store/adopter.ts";
import type { Patience } from "../store/patience.ts";
import type { Store } from "../store/store.ts";
import { adoptedForm } from "./adopted-form.ts";

interface JobsDownOptions {
  readonly store: Store;
  readonly patience: Patience;
  /** Is told of each page before it is looked at. */
  readonly onPage?: (page: readonly AdoptedJob[]) => Promise<void>;
}

/** Jobs are read so many at a time: few, because each may have a payload and a result of a mebibyte. */
const PAGE = 50;

/** Reads every job of a store with its notes, the newest first. */
export class JobsDown {
  readonly #options: JobsDownOptions;
  #page: readonly AdoptedJob[] = [];
  #at = 0;
  #before: number | undefined;
  #isOver = false;

  constructor(options: JobsDownOptions) {
    this.#options = options;
  }

  /** The next one; undefined where there is none any more. */
  async peek(): Promise<AdoptedJob | undefined> {
    if (this.#at >= this.#page.length && !this.#isOver) await this.#turn();
    return this.#page[this.#at];
  }

  advance(): void {
    this.#at++;
  }

  async #turn(): Promise<void> {
    const { store, patience, onPage } = this.#options;
    const filter = { beforeSeq: this.#before, limit: PAGE };
    const jobs = await patience.try(() => store.list(filter));
    const notes = await patience.try(() => store.notes(jobs.map(({ seq }) => seq)));
    this.#page = jobs.map((job, at) => {
      return { job: adoptedForm(job, store.salt), notes: notes[at] };
    });
    this.#at = 0;
    this.#before = jobs.at(-1)?.seq;
    this.#isOver = jobs.length === 0;
    await onPage?.(this.#page);
  }
}
