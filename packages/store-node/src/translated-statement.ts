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
  const translated = <T>(call: () => T): T => {
    try {
      return call();
    } catch (error) {
      throw storeErrorOf(error, name);
    }
  };
  const statement = translated(() => database.prepare(sql).safeIntegers(false));
  return {
    readonly: statement.readonly,
    all: (...parameters) => translated(() => statement.all(...parameters)),
    get: (...parameters) => translated(() => statement.get(...parameters)),
    run: (...parameters) => translated(() => statement.run(...parameters).changes),
  };
}
