import { StoreClosed, StoreCorrupt, StoreError, StoreFull, StoreUnwritable } from "@turno/core";

/** The typed error for what sql.js has thrown: an Error or a string, told apart by its words alone. */
export function toStoreError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  const options = { cause };
  if (/\bclosed\b/i.test(words)) {
    return new StoreClosed("the store was closed; open another to go on", options);
  }
  if (/malformed|not a database/i.test(words)) {
    return new StoreCorrupt(
      `the database is damaged, or is none (${words}); open a good image`,
      options,
    );
  }
  if (/is full|out of memory|memory access out of bounds|\bOOM\b|enlarge memory/i.test(words)) {
    return new StoreFull(
      `there is no memory left to write (${words}); free some, and try again`,
      options,
    );
  }
  if (/readonly|unable to open/i.test(words)) {
    return new StoreUnwritable(
      `the database cannot be opened or written (${words}); open a copy of it`,
      options,
    );
  }
  return new StoreError(
    "StoreFailed",
    `SQLite refused the work (${words}); please report this`,
    options,
  );
}
