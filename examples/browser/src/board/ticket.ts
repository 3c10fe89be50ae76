import type { PhotoJob } from "../jobs.ts";
import { part } from "../page/part.ts";
import { kindOf, toldOf, wordsFor } from "./job-words.ts";

/** What a user can do with a job. */
export interface TicketActions {
  cancel(job: PhotoJob): void;
  retry(job: PhotoJob): void;
}

/** A job on the board: one element for its whole life, so that it keeps the focus when it changes its column. */
export class Ticket {
  readonly element: HTMLLIElement;
  readonly picture: HTMLImageElement;
  readonly #cancel: HTMLButtonElement;
  readonly #retry: HTMLButtonElement;
  #job: PhotoJob;

  constructor(job: PhotoJob, actions: TicketActions) {
    const template = part<HTMLTemplateElement>(document, "#ticket");
    this.element = part<HTMLLIElement>(template.content, "li").cloneNode(true) as HTMLLIElement;
    this.picture = part(this.element, "img");
    this.#cancel = part(this.element, ".cancel");
    this.#retry = part(this.element, ".retry");
    this.#job = job;
    this.#cancel.addEventListener("click", () => actions.cancel(this.#job));
    this.#retry.addEventListener("click", () => actions.retry(this.#job));

    const kind = kindOf(job);
    this.#write(".number", `${job.seq}`);
    this.#write(".kind", kind);
    this.#write(".name", job.payload.name);
    this.#write(".glyph", extensionOf(job.payload.name));
    for (const whose of this.element.querySelectorAll("button .whose"))
      whose.textContent = ` ${kind} of ${job.payload.name}`;
    part(this.element, "progress").ariaLabel = `${kind} of ${job.payload.name}`;
    this.show(job);
  }

  get job(): PhotoJob {
    return this.#job;
  }

  show(job: PhotoJob): void {
    this.#job = job;
    this.element.dataset.state = job.state;
    this.#write(".words", wordsFor(job));
    this.#showProgress(job);
    const hash = part(this.element, ".hash");
    hash.hidden = job.type !== "hash" || job.state !== "completed";
    if (job.type === "hash" && job.state === "completed") hash.textContent = job.result.sha256;
    this.#cancel.hidden = "finishedAt" in job;
    this.#retry.hidden = job.state === "pending" || job.state === "running";
    this.#write(".retry .verb", job.state === "completed" ? "Run again" : "Retry");
  }

  /** Takes the focus back after a change that has cost it: the button was hidden, or the ticket has moved. */
  focus(): void {
    const button = this.#cancel.hidden ? this.#retry : this.#cancel;
    button.focus({ preventScroll: true });
  }

  #showProgress(job: PhotoJob): void {
    const bar = part<HTMLProgressElement>(this.element, "progress");
    bar.hidden = job.state !== "running";
    const told = toldOf(job);
    bar.value = told === undefined ? 0 : told.done / told.of;
  }

  #write(selector: string, words: string): void {
    const place = part(this.element, selector);
    if (place.textContent !== words) place.textContent = words;
  }
}

function extensionOf(name: string): string {
  return /\.(\w{1,4})$/.exec(name)?.[1]?.toUpperCase() ?? "FILE";
}
