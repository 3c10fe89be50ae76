import type { Store } from "@turno/core";

export type Method = Exclude<
  { [K in keyof Store]: Store[K] extends number ? never : K }[Exclude<
    keyof Store,
    "adopter" | "clock" | "commitsAtOnce"
  >],
  undefined
>;

/** Stands between a queue and its store: makes the call when, and if, it likes. */
export type Between = (method: Method, call: () => unknown, argument: never) => unknown;

/** All that a store is asked. */
export const METHODS: readonly Method[] = [
  "commit",
  "join",
  "beat",
  "leave",
  "workers",
  "get",
  "list",
  "notes",
  "counts",
  "examine",
  "nextDueAt",
  "pause",
  "prune",
  "close",
];

/** `store`, with `between` around each of its methods. */
export function around(store: Store, between: Between): Store {
  const methods = METHODS.map((method) => [
    method,
    (...args: never[]) =>
      between(
        method,
        () => (store[method] as (...given: never[]) => unknown).apply(store, args),
        args[0] as never,
      ),
  ]);
  return { salt: store.salt, ...Object.fromEntries(methods) } as Store;
}
