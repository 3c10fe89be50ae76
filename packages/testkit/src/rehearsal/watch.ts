/** Stands between a watched object and the world. */
export interface Watcher {
  /** A method is called: gives what its caller gets. */
  call(name: string, invoke: () => unknown): unknown;
  /** A property is about to be set. */
  maySet(): boolean;
}

/** The objects that others stand in for. */
const originals = new WeakMap<object, object>();

/**
 * The same object for its user, but that each call of its methods goes through `watcher`, under a name such as
 * `mailer.send`: those of the objects in it too, not those of what a method returns.
 */
export function watch<T>(value: T, watcher: Watcher): T {
  const known = new WeakMap<object, object>();
  return watched(value, "") as T;

  function watched(inner: unknown, name: string, owner?: object): unknown {
    if (typeof inner === "function") return standIn(inner, name, () => {}, owner);
    if (typeof inner !== "object" || inner === null || isThenable(inner)) return inner;
    const shadow: object = Array.isArray(inner) ? [] : {};
    const made = known.get(inner) ?? standIn(inner, name, shadow);
    known.set(inner, made);
    return made;
  }

  /** The proxy is of a shadow: one of a frozen object could not answer with anything but its own methods. */
  function standIn(inner: object, name: string, shadow: object, owner?: object): object {
    const get = (key: string | symbol) => {
      // Getters and methods run on the object itself, whose private fields no proxy has.
      const member: unknown = Reflect.get(inner, key, inner);
      if (typeof key === "string" && key !== "constructor")
        return watched(member, name === "" ? key : `${name}.${key}`, inner);
      return typeof member === "function" && key !== "constructor" ? member.bind(inner) : member;
    };
    const made: object = new Proxy(shadow, {
      get: (_, key) => get(key),
      set: (_, key, given) => !watcher.maySet() || Reflect.set(inner, key, given, inner),
      has: (_, key) => Reflect.has(inner, key),
      ownKeys: () => Reflect.ownKeys(inner),
      getPrototypeOf: () => Reflect.getPrototypeOf(inner),
      deleteProperty: (_, key) => !watcher.maySet() || Reflect.deleteProperty(inner, key),
      getOwnPropertyDescriptor: (_, key) => {
        const own = Reflect.getOwnPropertyDescriptor(inner, key);
        if (own === undefined || (Array.isArray(inner) && key === "length")) return own;
        const { enumerable = false } = own;
        return { value: get(key), enumerable, writable: true, configurable: true };
      },
      apply: (_, __, given: unknown[]) =>
        watcher.call(name === "" ? "it" : name, () =>
          Reflect.apply(inner as (...args: unknown[]) => unknown, owner, given.map(original)),
        ),
    });
    originals.set(made, inner);
    return made;
  }
}

/** What a method is given of the world is what it would be given unwatched: a driver knows its own objects only. */
function original(value: unknown): unknown {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  return isObject ? (originals.get(value) ?? value) : value;
}

/** A promise, or what is awaited like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { readonly then?: unknown }).then === "function"
  );
}
