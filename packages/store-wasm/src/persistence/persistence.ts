import type { Awaitable } from "@turno/core";
import type { SqlValue } from "@turno/store-sqlite";

/** A row as a group of changes has left it, in the order of its table's columns; null where it is gone. */
export type RowImage = readonly [
  table: string,
  key: string | number,
  row: readonly SqlValue[] | null,
];

/** What is stored: an SQLite image, and the groups of changes since, oldest first. */
export interface Stored {
  /** Undefined where nothing was ever stored. */
  readonly snapshot: Uint8Array | undefined;
  readonly log: readonly (readonly RowImage[])[];
}

/**
 * Where the database of sql.js, which lives in memory, is kept beyond it. One holder has it at a time: whoever opens it
 * takes it over, and every later call of an earlier holder's rejects with `StoreTakenOver` and has done nothing. A
 * method that cannot do its work rejects with a `StoreError` and has done nothing.
 */
export interface Persistence {
  /** Takes over, and answers with what is stored. */
  open(): Awaitable<Stored>;
  /** What is stored, once more, for the holder. */
  load(): Awaitable<Stored>;
  /** Adds a group to the log; resolves once it is durable, whole. Groups are replayed in this order, perhaps often. */
  append(group: readonly RowImage[]): Awaitable<void>;
  /** Keeps the image in place of all that was stored before this call; resolves once that is durable, whole. */
  snapshot(image: Uint8Array): Awaitable<void>;
  /** Resolves if nobody has taken over. */
  confirm(): Awaitable<void>;
  /** Lets go. */
  close(): Awaitable<void>;
}
