import { oneByOne } from "./one-by-one.ts";

/** Something that is going to happen, unless it is called off. */
export interface Plan {
  readonly at: number;
  readonly order: number;
  /** What it does; a promise is waited for before anything else happens. Undefined: called off. */
  happen: (() => void | Promise<void>) | undefined;
}

/** Whatever goes on without time would go on for ever. */
const MOST_AT_ONCE = 100_000;

/** The time of a simulated world: it passes from one planned happening to the next. */
export class Timeline {
  readonly #heap: Plan[] = [];
  #now = 0;
  #orders = 0;
  #atOnce = 0;

  /** In milliseconds from the beginning of the world; never goes back. */
  get now(): number {
    return this.#now;
  }

  /** What happens at the same moment does so in the order in which it was planned. */
  plan(inMs: number, happen: () => void | Promise<void>): Plan {
    const plan: Plan = { at: this.#now + Math.max(0, inMs), order: this.#orders++, happen };
    this.#push(plan);
    return plan;
  }

  /**
   * Lets time pass. `act` is called whenever time has passed as it said before: it does something, and gives how many
   * milliseconds are to pass then, or undefined to end it.
   */
  async play(act: () => number | undefined): Promise<void> {
    let end = this.#now;
    await oneByOne(() => {
      const first = this.#first();
      if (first !== undefined && first.at <= end) {
        this.#pop();
        this.#pass(first.at);
        const done = first.happen?.();
        return done === undefined ? true : done.then(() => true);
      }
      if (end > this.#now) this.#pass(end);
      const passMs = act();
      if (passMs === undefined) return false;
      end = this.#now + passMs;
      return true;
    });
  }

  /** Lets time pass until the condition holds, which it says at last; but not for longer than `ms`. */
  async until(condition: () => boolean, ms: number, lookEveryMs: number): Promise<boolean> {
    const end = this.#now + ms;
    let holds = false;
    await this.play(() => {
      holds = condition();
      return holds || this.#now >= end ? undefined : Math.min(lookEveryMs, end - this.#now);
    });
    return holds;
  }

  #pass(to: number): void {
    if (to <= this.#now && ++this.#atOnce > MOST_AT_ONCE)
      throw new Error(`more than ${MOST_AT_ONCE} things happen at ${this.#now} ms`);
    if (to <= this.#now) return;
    this.#now = to;
    this.#atOnce = 0;
  }

  #first(): Plan | undefined {
    while (this.#heap[0]?.happen === undefined && this.#heap.length > 0) this.#pop();
    return this.#heap[0];
  }

  #push(plan: Plan): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(plan);
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = heap[above] as Plan;
      if (isBefore(parent, plan)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = plan;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Plan, heap[below] as Plan))
        below++;
      const child = heap[below] as Plan;
      if (isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(a: Plan, b: Plan): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
