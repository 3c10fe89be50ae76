interface Request {
  readonly name: string;
  readonly grant: () => Promise<unknown>;
  readonly settle: (outcome: Promise<unknown>) => void;
}

type Callback = () => unknown;

/** The Web Locks of one origin, granted in the order they were asked for. */
export class SimulatedLocks {
  readonly #held = new Map<string, Request>();
  readonly #waiting = new Map<string, Request[]>();

  /** Whether somebody has the lock. */
  isHeld(name: string): boolean {
    return this.#held.has(name);
  }

  /** What one tab sees of them; `signal` ends the tab, and with it all that it holds or waits for. */
  of(enter: (code: () => void) => void, signal: AbortSignal): LockManager {
    const request = (name: string, options: LockOptions | Callback, callback?: Callback) =>
      typeof options === "function"
        ? this.#request(name, {}, options, enter, signal)
        : this.#request(name, options, callback as Callback, enter, signal);
    return { request } as unknown as LockManager;
  }

  #request(
    name: string,
    options: LockOptions,
    callback: Callback,
    enter: (code: () => void) => void,
    tab: AbortSignal,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // Code that goes on in the turn in which its tab died reaches nothing any more.
      if (tab.aborted) return;
      const request: Request = {
        name,
        grant: () =>
          new Promise((done, failed) => {
            enter(() => void Promise.resolve(callback()).then(done, failed));
          }),
        settle: (outcome) =>
          void outcome.then(
            (value) => enter(() => resolve(value)),
            (error: Error) => enter(() => reject(error)),
          ),
      };
      const over = () => this.#end(request);
      tab.addEventListener("abort", over);
      options.signal?.addEventListener("abort", () => this.#abort(request));
      if (options.steal === true) this.#steal(request);
      else {
        this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), request]);
        this.#next(name);
      }
    });
  }

  #next(name: string): void {
    if (this.#held.has(name)) return;
    const request = this.#waiting.get(name)?.shift();
    if (request !== undefined) this.#give(request);
  }

  #give(request: Request): void {
    const { name } = request;
    this.#held.set(name, request);
    const done = request.grant();
    const release = () => {
      if (this.#held.get(name) !== request) return;
      this.#held.delete(name);
      request.settle(done);
      this.#next(name);
    };
    done.then(release, release);
  }

  #steal(request: Request): void {
    const holder = this.#held.get(request.name);
    holder?.settle(Promise.reject(new DOMException("stolen", "AbortError")));
    this.#give(request);
  }

  #abort(request: Request): void {
    if (this.#held.get(request.name) === request) return;
    this.#forget(request);
    request.settle(Promise.reject(new DOMException("aborted", "AbortError")));
  }

  /** Its tab is gone: it holds and waits no more, and nobody is told. */
  #end(request: Request): void {
    this.#forget(request);
    if (this.#held.get(request.name) !== request) return;
    this.#held.delete(request.name);
    this.#next(request.name);
  }

  #forget(request: Request): void {
    const waiting = this.#waiting.get(request.name);
    if (waiting?.includes(request)) waiting.splice(waiting.indexOf(request), 1);
  }
}
