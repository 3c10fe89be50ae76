/** The store, but for the methods that are given. */
export function overridden<S extends object>(store: S, by: Partial<S>): S {
  return new Proxy(store, {
    get: (target, name) => {
      const own: unknown = Reflect.get(by, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      // Its private fields know the store itself alone.
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
