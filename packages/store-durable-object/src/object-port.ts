import { StoreClosed } from "@turno/core";
import type { SqlPort, SqlRow, SqlStatement, SqlValue } from "@turno/store-sqlite";
import { checkSize } from "./check-size.ts";
import type { ObjectStorage } from "./object-storage.ts";
import { toStoreError } from "./to-store-error.ts";

/**
 * The port to a Durable Object's own database. Work inside other work is part of its transaction; what it throws undoes it
 * alone.
 */
export function objectPort(storage: ObjectStorage): SqlPort {
  let isClosed = false;

  function exec(sql: string, parameters: readonly SqlValue[]): SqlRow[] {
    if (isClosed) throw new StoreClosed("the store was closed; open another to go on");
    checkSize(parameters);
    return guarded(() => storage.sql.exec(sql, ...parameters).toArray() as SqlRow[]);
  }

  return {
    // The platform allows five, and the claim's texts come in powers of two.
    mostCompounded: 4,
    isGuarded: true,
    prepare: (sql) => statement(sql, exec),
    immediately: (work) => inTransaction(storage, work),
    close() {
      isClosed = true;
    },
  };
}

type Exec = (sql: string, parameters: readonly SqlValue[]) => SqlRow[];

/** The platform keeps what it has prepared by the text. */
function statement(sql: string, exec: Exec): SqlStatement {
  return {
    all: (...parameters) => exec(sql, parameters),
    get: (...parameters) => exec(sql, parameters)[0],
    run(...parameters) {
      exec(sql, parameters);
      // The cursor counts the rows of indexes as well.
      return Number(exec("SELECT changes() AS changed", [])[0]?.["changed"]);
    },
  };
}

function inTransaction<T>(storage: ObjectStorage, work: () => T): T {
  // What the work throws comes through as it is; what the platform throws of itself does not.
  let thrown: { readonly error: unknown } | undefined;
  try {
    return storage.transactionSync(() => {
      try {
        return withoutWaiting(work());
      } catch (error) {
        thrown = { error };
        throw error;
      }
    });
  } catch (error) {
    throw thrown === undefined ? toStoreError(error) : thrown.error;
  }
}

/** The platform would commit at the first `await`, and roll nothing back after it. */
function withoutWaiting<T>(result: T): T {
  if (typeof (result as { readonly then?: unknown } | null | undefined)?.then !== "function")
    return result;
  throw new TypeError("work in a transaction must not be async, but it gave a promise");
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStoreError(error);
  }
}
