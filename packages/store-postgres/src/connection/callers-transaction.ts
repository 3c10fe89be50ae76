import { shown } from "@turno/core";
import { isPool, isQueryable, type Queryable } from "./queryable.ts";

/**
 * Returns `client` if a transaction of the caller's can be open on it; throws a TypeError where none can. A pool takes
 * another client for each statement, and a PGlite keeps statements waiting until its transaction is over.
 */
export function callersTransaction(client: unknown): Queryable {
  if (!isQueryable(client))
    throw new TypeError(
      `within takes a client on which you have begun a transaction, with query(text, values), but got ${shown(client)}`,
    );
  if (isPool(client))
    throw new TypeError(
      "within takes a client on which you have begun a transaction, but got a pool, which takes any client for each " +
        "statement; take one by pool.connect(), and begin there",
    );
  if ("isInTransaction" in client)
    throw new TypeError(
      "within takes the transaction of a PGlite, but got the PGlite itself; pass what transaction((tx) => …) gives",
    );
  return client;
}

/** Whether a transaction is open on a client of `pg`; undefined where it does not say. */
export function isInTransaction(client: Queryable): boolean | undefined {
  if (!("getTransactionStatus" in client) || typeof client.getTransactionStatus !== "function")
    return undefined;
  const status: unknown = client.getTransactionStatus();
  return typeof status === "string" ? status !== "I" : undefined;
}

/** Throws where the driver says that no transaction is open: what is written would be kept whatever happens next. */
export function checkIsInTransaction(client: Queryable): void {
  if (isInTransaction(client) === false)
    throw new TypeError(
      'within writes in a transaction of yours, but none is open on this client; await client.query("BEGIN") first',
    );
}
