import type { Call } from "./call.ts";

interface Taken {
  /** The tab that it last called from. */
  life: string;
  readonly answers: Map<number, Promise<unknown>>;
}

/** The calls that a holder has taken and whose answers the callers may not have yet. */
export class TakenCalls {
  readonly #byCaller = new Map<string, Taken>();

  /** What `carryOut` gives, or has given for the same call before. */
  once(
    { caller, call, done }: Call,
    life: string,
    carryOut: () => Promise<unknown>,
  ): Promise<unknown> {
    const taken = this.#byCaller.get(caller) ?? { life, answers: new Map() };
    this.#byCaller.set(caller, taken);
    taken.life = life;
    for (const number of taken.answers.keys()) if (number < done) taken.answers.delete(number);
    const answer = taken.answers.get(call) ?? carryOut();
    taken.answers.set(call, answer);
    return answer;
  }

  /** The tab has ended; whoever comes back from it finds his answers where they are stored. */
  forget(life: string): void {
    for (const [caller, taken] of this.#byCaller)
      if (taken.life === life) this.#byCaller.delete(caller);
  }
}
