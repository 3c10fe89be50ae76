import type { Counts } from "@turno/core";
import type { PhotoJob } from "../jobs.ts";
import { part } from "../page/part.ts";
import { Column } from "./column.ts";
import { glide } from "./glide.ts";
import type { Thumbnails } from "./thumbnails.ts";
import { Ticket, type TicketActions } from "./ticket.ts";

/** The jobs by state. */
export class Board {
  readonly #actions: TicketActions;
  readonly #thumbnails: Thumbnails;
  readonly #columns = Array.from(
    document.querySelectorAll<HTMLElement>("[data-states]"),
    (element) => new Column(element),
  );
  readonly #tickets = new Map<string, Ticket>();

  constructor(actions: TicketActions, thumbnails: Thumbnails) {
    this.#actions = actions;
    this.#thumbnails = thumbnails;
  }

  show(jobs: readonly PhotoJob[], counts: Counts): void {
    const before = Array.from(this.#tickets.values(), ({ element }) => element);
    const focused = [...this.#tickets.values()].find(({ element }) => {
      return element.contains(document.activeElement);
    });
    glide(before, () => {
      const tickets = jobs.map((job) => this.#ticketFor(job));
      this.#forgetAllBut(new Set(jobs.map(({ id }) => id)));
      for (const column of this.#columns) column.show(tickets, counts);
      return tickets.map(({ element }) => element);
    });
    if (focused?.element.isConnected && !hasFocus(focused)) focused.focus();
    this.#showPictures(jobs);
    this.#showNumbers(jobs);
  }

  #ticketFor(job: PhotoJob): Ticket {
    let ticket = this.#tickets.get(job.id);
    if (ticket === undefined) this.#tickets.set(job.id, (ticket = new Ticket(job, this.#actions)));
    else ticket.show(job);
    return ticket;
  }

  #forgetAllBut(ids: ReadonlySet<string>): void {
    for (const [id, { element }] of this.#tickets) {
      if (ids.has(id)) continue;
      element.remove();
      this.#tickets.delete(id);
    }
  }

  /** A file's thumbnail stands on all its tickets, as soon as there is one. */
  #showPictures(jobs: readonly PhotoJob[]): void {
    const made = new Set(
      jobs
        .filter(({ type, state }) => type === "thumbnail" && state === "completed")
        .map(({ payload }) => payload.id),
    );
    this.#thumbnails.keepOnly(new Set(jobs.map(({ payload }) => payload.id)));
    for (const { job, picture } of this.#tickets.values())
      if (made.has(job.payload.id)) void this.#thumbnails.showIn(picture, job.payload.id);
  }

  #showNumbers(jobs: readonly PhotoJob[]): void {
    const running = jobs.filter(({ state }) => state === "running").map(({ seq }) => seq);
    part(document, "#serving").textContent = running.toSorted((a, b) => a - b).join(" ") || "–";
  }
}

function hasFocus({ element }: Ticket): boolean {
  const { activeElement } = document;
  return activeElement instanceof HTMLElement && element.contains(activeElement)
    ? activeElement.offsetParent !== null
    : false;
}
