import type { Clock, Store, Write } from "@turno/core";
import { Crashed } from "./crashed.ts";

/**
 * What stands for a process: its code reaches the clock and the store through it only. A killed one reaches nothing any
 * more, and whatever it waits for never comes; a frozen one does when it is thawed.
 */
export class SimulatedProcess {
  readonly clock: Clock;
  #state: "awake" | "frozen" | "dead" = "awake";
  #thawed = Promise.withResolvers<void>();
  #missed: (() => void)[] = [];

  constructor(clock: Clock) {
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimeout: (callback, delayMs) => clock.setTimeout(() => this.#fire(callback), delayMs),
      clearTimeout: (handle) => clock.clearTimeout(handle),
    };
  }

  get isAwake(): boolean {
    return this.#state === "awake";
  }

  get isDead(): boolean {
    return this.#state === "dead";
  }

  /** As `kill -9` does. */
  kill(): void {
    this.#state = "dead";
  }

  /** As `kill -STOP` does, or a machine that is suspended. */
  freeze(): void {
    if (this.#state === "awake") this.#state = "frozen";
  }

  /** As `kill -CONT` does: its code goes on where it was, then come the timers that it has missed. */
  thaw(): void {
    if (this.#state !== "frozen") return;
    this.#state = "awake";
    this.#thawed.resolve();
    this.#thawed = Promise.withResolvers();
    for (const missed of this.#missed.splice(0)) this.clock.setTimeout(missed, 0);
  }

  /** Resolves when its code may go on: at once, after a thaw, or never. */
  async awake(): Promise<void> {
    while (this.#state === "frozen") await this.#thawed.promise;
    if (this.#state === "dead") await new Promise<never>(() => {});
  }

  /** What comes of `promise`, as this process learns it. */
  async pass<T>(promise: T | Promise<T>): Promise<T> {
    try {
      return await promise;
    } finally {
      await this.awake();
    }
  }

  /** The store as this process reaches it. Signs of life are beats by timer: a thread would outlive its process. */
  reach<S extends Store>(store: S): S {
    return new Proxy(store, {
      get: (_, name) => {
        if (name === "heart" || name === "watch") return undefined;
        if (name === "close") return () => {};
        const member: unknown = Reflect.get(store, name, store);
        if (typeof member !== "function") return member;
        if (name === "within") return (transaction: never) => this.#within(store, transaction);
        return (...given: unknown[]) => this.#reach(() => Reflect.apply(member, store, given));
      },
    });
  }

  #fire(callback: () => void): void {
    if (this.#state === "awake") callback();
    if (this.#state === "frozen") this.#missed.push(callback);
  }

  #reach(call: () => unknown): unknown {
    if (this.#state !== "awake") return this.awake().then(call);
    const given = call();
    return given instanceof Promise ? this.pass(given) : given;
  }

  #within(store: Store, transaction: never) {
    const inside = store.within?.(transaction);
    return {
      commit: (write: Write) => {
        if (this.isDead) throw new Crashed();
        return inside?.commit(write);
      },
    };
  }
}
