import type { SqlValue } from "@turno/store-sqlite";

/**
 * What the store needs of a Durable Object's `ctx.storage`, whose class must keep its data in SQLite: a part of
 * `DurableObjectStorage`, so that no version of Cloudflare's types is asked for.
 */
export interface ObjectStorage {
  readonly sql: {
    exec(query: string, ...parameters: SqlValue[]): ObjectCursor;
  };
  transactionSync<T>(work: () => T): T;
  /** The instant of the alarm that is set, or null; also null while that alarm is being handled. */
  getAlarm(): Promise<number | null>;
  setAlarm(at: number): Promise<void>;
}

/** The rows of a statement that has been carried out. */
interface ObjectCursor {
  // Cloudflare's types promise no columns, and blobs as well; no statement here asks for one.
  toArray(): unknown[];
}
