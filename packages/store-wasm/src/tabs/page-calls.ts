import { type Call, isReading, type Method } from "../holder/call.ts";
import type { Answer } from "./messages.ts";
import { errorFrom } from "./plain-error.ts";

interface Pending {
  readonly call: Call;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The calls of a page: numbered, and kept until each has its answer. */
export class PageCalls {
  readonly #caller: string;
  readonly #pending = new Map<number, Pending>();
  #last = 0;

  /** `caller` is the page's name, for as long as it lives. */
  constructor(caller: string) {
    this.#caller = caller;
  }

  /** Those without an answer, in the order they were made. */
  get pending(): readonly Call[] {
    return Array.from(this.#pending.values(), ({ call }) => call);
  }

  /** Makes a call with `send`; settles with its answer, however often it is sent until then. */
  make(method: Method, args: readonly unknown[], send: (call: Call) => void): Promise<unknown> {
    const number = ++this.#last;
    const [done = number] = this.#pending.keys();
    const call: Call = { caller: this.#caller, call: number, done, method, args };
    return new Promise((resolve, reject) => {
      // First: what cannot be sent, since it cannot be cloned, is not to be sent again.
      send(call);
      this.#pending.set(number, { call, resolve, reject });
    });
  }

  answer(number: number, answer: Answer): void {
    const pending = this.#pending.get(number);
    this.#pending.delete(number);
    if (pending === undefined) return;
    if ("error" in answer) pending.reject(errorFrom(answer.error));
    else pending.resolve(answer.value);
  }

  /** No answer will come any more: to those that only read for this reason, to the others for that. */
  rejectAll(reading: Error, writing: Error): void {
    for (const { call, reject } of this.#pending.values())
      reject(isReading(call) ? reading : writing);
    this.#pending.clear();
  }
}
