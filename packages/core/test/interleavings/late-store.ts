import { type Committed, StoreClosed, type Write } from "@turno/core";
import type { Between, Method } from "../around.ts";

interface LateStoreOptions {
  /** Resolves when the scheduler picks it. */
  readonly moment: (label: string) => Promise<unknown>;
  /** These answer at once and with a plain value, as a synchronous store does. */
  readonly atOnce: ReadonlySet<Method>;
  /** The error that the call fails with, if it does. */
  readonly trouble: (method: Method, argument: Partial<Write>) => Error | undefined;
  readonly onWritten: (write: Write, committed: Committed) => void;
}

/**
 * Makes a store late: what a call does, it does at one moment, and it answers at a later one, so that answers
 * overtake each other. A call that fails has done nothing.
 */
export function lateStore({ moment, atOnce, trouble, onWritten }: LateStoreOptions): Between {
  let closed = false;
  const act = (method: Method, call: () => unknown, argument: never) => {
    if (closed) throw new StoreClosed(`${method} after close`);
    const error = trouble(method, argument ?? {});
    if (error !== undefined) throw error;
    const answer = call();
    if (method === "close") closed = true;
    if (method === "commit") onWritten(argument, answer as Committed);
    return answer;
  };
  const later = async (method: Method, call: () => unknown, argument: never) => {
    await moment(method);
    try {
      return act(method, call, argument);
    } finally {
      await moment(`${method} answers`);
    }
  };
  return (...given) => (atOnce.has(given[0]) ? act(...given) : later(...given));
}
