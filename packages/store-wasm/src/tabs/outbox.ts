import { AnswerLost } from "@turno/core";
import { type Call, isReading } from "../holder/call.ts";
import type { Answer } from "./messages.ts";
import { type PlainError, plainError } from "./plain-error.ts";

interface Entry {
  readonly call: Call;
  readonly onAnswer: (answer: Answer) => void;
}

/** The calls of a tab that have no answer yet, in the order they were made. */
export class Outbox {
  readonly #entries = new Map<string, Entry>();
  #onEmpty: (() => void) | undefined;

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  get calls(): readonly Call[] {
    return Array.from(this.#entries.values(), ({ call }) => call);
  }

  add(call: Call, onAnswer: (answer: Answer) => void): void {
    this.#entries.set(keyOf(call), { call, onAnswer });
  }

  /** The first answer counts. */
  answer(call: Pick<Call, "caller" | "call">, answer: Answer): void {
    const key = keyOf(call);
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    entry?.onAnswer(answer);
    if (this.isEmpty) this.#onEmpty?.();
  }

  /** Resolves once they all have their answers. */
  async emptied(): Promise<void> {
    if (this.isEmpty) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** Nobody can carry out any of them now, for this reason. */
  refuse(error: PlainError): void {
    // An earlier leader may have done what writes.
    const lost = plainError(
      new AnswerLost(
        `the queue's database cannot be opened now (${error.message}), and what was asked may be done; look at the jobs before you try again`,
      ),
    );
    for (const call of this.calls) this.answer(call, { error: isReading(call) ? error : lost });
  }
}

function keyOf({ caller, call }: Pick<Call, "caller" | "call">): string {
  return `${caller}/${call}`;
}
