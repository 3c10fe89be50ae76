import { describeThrown, StoreError } from "@turno/core";

interface NotLoadedOptions extends ErrorOptions {
  /** Whether it may be there the next time, without anybody's help. */
  readonly transient?: boolean;
}

/** The error for a part that could not be loaded, with what is to be done about it. */
export function notLoaded(what: string, cure: string, options: NotLoadedOptions = {}): StoreError {
  const reason = options.cause === undefined ? "" : ` (${wordsOf(options.cause)})`;
  return new StoreError("StoreFailed", `cannot open the store: ${what}${reason}; ${cure}`, options);
}

/** What was thrown, in a line. */
export function wordsOf(thrown: unknown): string {
  const { name, message } = describeThrown(thrown);
  return name === "Error" ? message : `${name}: ${message}`;
}
