import type { HistoryEvent, Happening } from "../history/event.ts";
import type { Violation } from "../history/judge.ts";
import type { Situation } from "./situations.ts";
import type { Timeline } from "./timeline.ts";

/** What is written down of a simulated world. */
export class Diary {
  readonly events: HistoryEvent[] = [];
  readonly violations: Violation[] = [];
  readonly situations = new Map<Situation, number>();
  readonly #timeline: Timeline;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  note(process: string, happening: Happening): void {
    this.events.push({ ...happening, at: this.#timeline.now, process });
  }

  /** A promise was broken. */
  accuse(promise: string, what: string): void {
    this.violations.push({ promise, what: `at ${Math.round(this.#timeline.now)} ms: ${what}` });
  }

  /** Something happened that the search is there for. */
  met(situation: Situation): void {
    this.situations.set(situation, (this.situations.get(situation) ?? 0) + 1);
  }
}
