import { StoreError, StoreFull, StoreUnwritable } from "@turno/core";

/** The typed error for what IndexedDB has refused. */
export function indexedDbError(cause: unknown, name: string): StoreError {
  if (cause instanceof StoreError) return cause;
  const words = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  if (cause instanceof Error && cause.name === "QuotaExceededError") {
    return new StoreFull(
      `the browser gives this origin no more room for the IndexedDB database "${name}" (${words}); ` +
        "prune jobs or free storage of this origin, and try again",
      { cause },
    );
  }
  return new StoreUnwritable(
    `the IndexedDB database "${name}" cannot be opened or written (${words}); allow this site to store data, or open ` +
      'the store with persistence: "memory", which keeps nothing beyond the page',
    { cause },
  );
}
