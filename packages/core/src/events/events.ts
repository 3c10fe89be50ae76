import { describeThrown } from "../job/failure.ts";
import { shown } from "../job/shown.ts";

/** Causes that are printed once; when there are more, they are printed anew. */
const MOST_REMEMBERED = 1_000;

/** Calls a listener no more. */
export type Unsubscribe = () => void;

type Listeners<M> = { [K in keyof M]?: Set<(event: M[K]) => void> };

/** What a source of events needs of its map: errors have somewhere to go. */
export interface WithErrors {
  readonly error: { readonly error: unknown };
}

/**
 * Tells listeners, one after the other and at once. A listener that throws does no harm: what it threw is an `error`
 * event. Errors that nobody listens to go to console.error, once for each message.
 */
export class Events<M extends WithErrors> {
  readonly #names: readonly (keyof M)[];
  readonly #listeners: Listeners<M> = {};
  readonly #printed = new Set<string>();

  /** `names` are those there are. */
  constructor(names: readonly (keyof M)[]) {
    this.#names = names;
  }

  on<K extends keyof M>(name: K, listener: (event: M[K]) => void): Unsubscribe {
    if (!this.#names.includes(name)) {
      throw new TypeError(`there is no event ${shown(name)}; there are ${this.#names.join(", ")}`);
    }
    if (typeof listener !== "function") {
      throw new TypeError(`a listener must be a function, but is ${shown(listener)}`);
    }
    const listeners = (this.#listeners[name] ??= new Set());
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Makes the event only if somebody listens. */
  emit<K extends keyof M>(name: K, event: () => M[K]): void {
    const listeners = this.#listeners[name];
    if (listeners === undefined || listeners.size === 0) return;
    try {
      const made = event();
      for (const listener of Array.from(listeners)) this.#call(name, listener, made);
    } catch (error) {
      this.error(error);
    }
  }

  error(error: unknown): void {
    const listeners = this.#listeners.error;
    if (listeners === undefined || listeners.size === 0) this.#print(error);
    else
      for (const listener of Array.from(listeners))
        this.#call("error", listener, { error } as M["error"]);
  }

  #call<K extends keyof M>(name: K, listener: (event: M[K]) => void, event: M[K]): void {
    const failed = (error: unknown) => {
      if (name === "error") this.#print(error);
      else this.error(error);
    };
    try {
      const given: unknown = listener(event);
      if (given instanceof Promise) given.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  #print(error: unknown): void {
    const { name, message } = describeThrown(error);
    const text = `${name}: ${message}`;
    if (this.#printed.has(text)) return;
    if (this.#printed.size >= MOST_REMEMBERED) this.#printed.clear();
    this.#printed.add(text);
    try {
      console.error("turno:", error);
    } catch {
      console.error("turno:", text);
    }
  }
}
