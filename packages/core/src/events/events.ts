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
  readonly #listeners: Listeners<M> = {};
  readonly #printed = new Set<string>();

  on<K extends keyof M>(name: K, listener: (event: M[K]) => void): Unsubscribe {
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
      for (const listener of listeners) this.#call(name, listener, made);
    } catch (error) {
      this.error(error);
    }
  }

  error(error: unknown): void {
    const listeners = this.#listeners.error;
    if (listeners === undefined || listeners.size === 0) this.#print(error);
    else for (const listener of listeners) this.#call("error", listener, { error } as M["error"]);
  }

  #call<K extends keyof M>(name: K, listener: (event: M[K]) => void, event: M[K]): void {
    try {
      listener(event);
    } catch (error) {
      if (name === "error") this.#print(error);
      else this.error(error);
    }
  }

  #print(error: unknown): void {
    const text = String(error instanceof Error ? `${error.name}: ${error.message}` : error);
    if (this.#printed.has(text)) return;
    if (this.#printed.size >= 1_000) this.#printed.clear();
    this.#printed.add(text);
    console.error("turno:", error);
  }
}
