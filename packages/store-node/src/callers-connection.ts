import type { SqlPort, SqlStatement } from "@turno/store-sqlite";
import type { DriverDatabase } from "./driver.ts";
import { prepareTranslated } from "./translated-statement.ts";

/** A connection of a caller's, for writes inside the transaction that the caller has open on it. */
export class CallersConnection implements SqlPort {
  readonly #database: DriverDatabase;
  readonly name: string;
  readonly #savepoint: SqlStatement;
  readonly #release: SqlStatement;
  readonly #rollBackTo: SqlStatement;

  constructor(database: DriverDatabase, name: string) {
    this.#database = database;
    this.name = name;
    this.#savepoint = this.prepare("SAVEPOINT turno");
    this.#release = this.prepare("RELEASE turno");
    this.#rollBackTo = this.prepare("ROLLBACK TO turno");
  }

  prepare(sql: string): SqlStatement {
    return prepareTranslated(this.#database, sql, this.name);
  }

  /** Sets a savepoint: what fails leaves nothing behind in a transaction that the caller may still commit. */
  immediately<T>(work: () => T): T {
    this.#savepoint.run();
    try {
      const result = work();
      this.#release.run();
      return result;
    } catch (error) {
      if (this.#database.open && this.#database.inTransaction) {
        this.#rollBackTo.run();
        this.#release.run();
      }
      throw error;
    }
  }

  close(): void {
    // It is the caller's.
  }
}
