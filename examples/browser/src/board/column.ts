import type { Counts, JobState } from "@turno/core";
import type { PhotoJob } from "../jobs.ts";
import { part } from "../page/part.ts";
import type { Ticket } from "./ticket.ts";

/** A column of the board: the tickets of some states, in an order of its own. */
export class Column {
  readonly #states: readonly JobState[];
  readonly #list: HTMLElement;
  readonly #count: HTMLElement;
  readonly #rest: HTMLElement;

  /** `element` names the states of its jobs in `data-states`. */
  constructor(element: HTMLElement) {
    this.#states = (element.dataset.states ?? "").split(" ") as JobState[];
    this.#list = part(element, "ul");
    this.#count = part(element, ".count");
    this.#rest = part(element, ".rest");
  }

  show(tickets: readonly Ticket[], counts: Counts): void {
    const mine = tickets.filter(({ job }) => this.#states.includes(job.state));
    this.#place(mine.toSorted((a, b) => compareJobs(a.job, b.job)));
    const count = this.#states.reduce((sum, state) => sum + counts[state], 0);
    this.#count.textContent = `${count}`;
    this.#rest.hidden = count <= mine.length;
    this.#rest.textContent = `and ${count - mine.length} more`;
  }

  /** Moves only what is not in its place: what moves loses its focus and its animation. */
  #place(tickets: readonly Ticket[]): void {
    let next = this.#list.firstElementChild;
    for (const { element } of tickets) {
      if (element === next) next = next.nextElementSibling;
      else this.#list.insertBefore(element, next);
    }
  }
}

/** What waits, as it will be claimed; what runs, the oldest first; what is finished, the latest first. */
function compareJobs(a: PhotoJob, b: PhotoJob): number {
  if ("finishedAt" in a && "finishedAt" in b) return b.finishedAt - a.finishedAt || b.seq - a.seq;
  if (a.state === "running" && b.state === "running")
    return a.claimedAt - b.claimedAt || a.seq - b.seq;
  return b.priority - a.priority || a.runAt - b.runAt || a.seq - b.seq;
}
