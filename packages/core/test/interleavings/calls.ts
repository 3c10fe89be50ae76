import { StoreError, TurnoError } from "@turno/core";
import type { History } from "./history.ts";

interface Ending<T> {
  readonly given?: (value: T) => void;
  readonly refused?: (error: TurnoError) => void;
}

/** The calls of the queue that have not been answered yet; accuses what is refused without a good reason. */
export class Calls {
  readonly open = new Set<string>();
  readonly #history: History;
  #last = 0;

  constructor(history: History) {
    this.#history = history;
  }

  /** Makes the call, and does not wait for it; what it resolves with always does. */
  make<T>(label: string, call: () => Promise<T>, { given, refused }: Ending<T> = {}) {
    const name = `${label} #${++this.#last}`;
    this.#history.note(name);
    this.open.add(name);
    return call().then(
      (value) => {
        this.open.delete(name);
        this.#history.note(`${name}: ${JSON.stringify(value) ?? "done"}`.slice(0, 200));
        given?.(value);
      },
      (error: unknown) => {
        this.open.delete(name);
        this.#history.note(`${name} refused: ${String(error)}`);
        if (error instanceof TurnoError && isExpected(error, label)) refused?.(error);
        else this.#history.accuse(`${name} was refused with ${String(error)}`);
      },
    );
  }
}

function isExpected(error: TurnoError, label: string): boolean {
  if (error.code === "ClaimBroken") return label.startsWith("claim");
  return (
    error instanceof StoreError || ["QueueClosed", "LeaseLost", "KeyTaken"].includes(error.code)
  );
}
