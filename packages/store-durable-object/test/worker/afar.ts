import { DurableObject } from "cloudflare:workers";
import type { Store } from "@turno/core";
import { openDurableObjectStore } from "@turno/store-durable-object";

type Method = Exclude<
  keyof Store,
  "salt" | "clock" | "commitsAtOnce" | "adopter" | "heart" | "watch" | "within" | "close"
>;

const METHODS: readonly Method[] = [
  "commit",
  "join",
  "beat",
  "leave",
  "workers",
  "get",
  "notes",
  "list",
  "counts",
  "examine",
  "nextDueAt",
  "pause",
  "prune",
];

/** An object whose store is called from outside. */
export class Afar extends DurableObject {
  readonly #store = openDurableObjectStore(this.ctx.storage);

  salt(): number {
    return this.#store.salt;
  }

  // Not one by one: Cloudflare's types lose themselves in those of a job.
  call(method: Method, args: unknown): unknown {
    const called = this.#store[method] as (...given: unknown[]) => unknown;
    return called.apply(this.#store, args as unknown[]);
  }

  end(): void {
    this.ctx.abort("as a test wants it");
  }

  override alarm(): void {
    // The suite's workers are none.
  }
}

interface Stub {
  salt(): Promise<number>;
  call(method: Method, args: readonly unknown[]): Promise<unknown>;
  end(): Promise<void>;
}

/** Opens stores that are each an object of its own, and opens them again as its next instance. */
export class StoresAfar {
  readonly #objects: DurableObjectNamespace;
  readonly #ids = new WeakMap<Store, DurableObjectId>();

  constructor(objects: DurableObjectNamespace) {
    this.#objects = objects;
  }

  open(): Promise<Store> {
    return this.#openAt(this.#objects.newUniqueId());
  }

  async openAgain(store: Store): Promise<Store> {
    const id = this.#ids.get(store) ?? this.#objects.newUniqueId();
    await this.#stub(id)
      .end()
      .catch(() => {});
    return await this.#openAt(id);
  }

  async #openAt(id: DurableObjectId): Promise<Store> {
    const stub = this.#stub(id);
    const methods = METHODS.map((method) => [
      method,
      (...args: readonly unknown[]) => stub.call(method, args),
    ]);
    const store = {
      salt: await stub.salt(),
      close: () => {},
      ...Object.fromEntries(methods),
    } as Store;
    this.#ids.set(store, id);
    return store;
  }

  #stub(id: DurableObjectId): Stub {
    return this.#objects.get(id) as unknown as Stub;
  }
}
