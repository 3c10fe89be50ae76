import type { SqlStatement } from "@turno/store-sqlite";
import type { DriverDatabase } from "./driver.ts";
import { storeErrorOf } from "./store-error-of.ts";

export interface TranslatedStatement extends SqlStatement {
  /** Whether it leaves the database as it is. */
  readonly readonly: boolean;
}

/**
 * A prepared statement that throws `StoreError`s, about `name`, and gives numbers even where the caller has asked its
 * Database for BigInts.
 */
export function prepareTranslated(
  database: DriverDatabase,
  sql: string,
  name: string,
): TranslatedStatement {
  const statement = prepare(database, sql, name);
  return {
    readonly: statement.readonly,
    all(...parameters) {
      try {
        return statement.all(...parameters);
      } catch (error) {
        throw storeErrorOf(error, name);
      }
    },
    get(...parameters) {
      try {
        return statement.get(...parameters);
      } catch (error) {
        throw storeErrorOf(error, name);
      }
    },
    run(...parameters) {
      try {
        return statement.run(...parameters).changes;
      } catch (error) {
        throw storeErrorOf(error, name);
      }
    },
  };
}

function prepare(database: DriverDatabase, sql: string, name: string) {
  try {
    return database.prepare(sql).safeIntegers(false);
  } catch (error) {
    throw storeErrorOf(error, name);
  }
}
