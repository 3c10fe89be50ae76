import { StoreBusy, StoreClosed } from "@turno/core";
import type { SqlPort, SqlStatement } from "@turno/store-sqlite";
import type { DriverDatabase } from "./driver.ts";
import type { OpenedFile } from "./file/opened-file.ts";
import { oneWaitATurn } from "./one-wait-a-turn.ts";
import { isDamage, storeErrorOf } from "./store-error-of.ts";
import { prepareTranslated } from "./translated-statement.ts";

export interface ConnectionOptions {
  /** Undefined where the database is in memory. */
  readonly file: OpenedFile | undefined;
  /** How messages name the database. */
  readonly name: string;
  /** Somebody else opened it, uses it, and closes it. */
  readonly handedIn: boolean;
}

/** The store's own connection: commits only what it began itself, and acknowledges only what is in the file. */
export class Connection implements SqlPort {
  readonly name: string;
  readonly #database: DriverDatabase;
  readonly #options: ConnectionOptions;
  readonly #begin: SqlStatement;
  readonly #commit: SqlStatement;
  readonly #rollback: SqlStatement;
  /** Not while the store is being opened, which takes its time. */
  #waitsOnceATurn = false;
  #working = false;
  #closed = false;

  constructor(database: DriverDatabase, options: ConnectionOptions) {
    this.#database = database;
    this.#options = options;
    this.name = options.name;
    this.#begin = prepareTranslated(database, "BEGIN IMMEDIATE", options.name);
    this.#commit = prepareTranslated(database, "COMMIT", options.name);
    this.#rollback = prepareTranslated(database, "ROLLBACK", options.name);
  }

  /** From now on nobody is waited for longer, and one wait in vain is all there is in a turn of the event loop. */
  waitAtMost(busyTimeoutMs: number): void {
    this.#pragma(`busy_timeout = ${busyTimeoutMs}`);
    this.#waitsOnceATurn = true;
  }

  prepare(sql: string): SqlStatement {
    this.assertUsable();
    const statement = prepareTranslated(this.#database, sql, this.#options.name);
    const writes = !statement.readonly;
    const alone: SqlStatement = {
      all: (...parameters) => this.#alone(writes, () => statement.all(...parameters)),
      get: (...parameters) => this.#alone(writes, () => statement.get(...parameters)),
      run: (...parameters) => this.#alone(writes, () => statement.run(...parameters)),
    };
    const now = () => (this.#working ? statement : alone);
    return {
      all: (...parameters) => now().all(...parameters),
      get: (...parameters) => now().get(...parameters),
      run: (...parameters) => now().run(...parameters),
    };
  }

  immediately<T>(work: () => T): T {
    this.#assertFree();
    this.#options.file?.assertWritable();
    this.#spoiling(() => this.#waiting(() => this.#begin.run()));
    this.#working = true;
    try {
      const result = work();
      this.#commit.run();
      this.#options.file?.check();
      return result;
    } catch (error) {
      this.#note(error);
      // A full disk has rolled back already, and then there is nothing left to roll back.
      if (this.#database.open && this.#database.inTransaction) this.#rollback.run();
      throw error;
    } finally {
      this.#working = false;
    }
  }

  /** Throws where nothing can be done with the store any more. */
  assertUsable(): void {
    this.assertOpen();
    this.#options.file?.assertKept();
  }

  assertOpen(): void {
    if (this.#closed) {
      throw new StoreClosed(`the store on ${this.#options.name} is closed; open it anew`);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.file?.saveLog();
    if (!this.#options.handedIn) this.#database.close();
  }

  /** Runs a statement as a transaction of its own. */
  #alone<T>(writes: boolean, statement: () => T): T {
    this.#assertFree();
    if (writes) this.#options.file?.assertWritable();
    const result = this.#spoiling(() => this.#waiting(statement));
    if (writes) this.#options.file?.check();
    return result;
  }

  #waiting<T>(work: () => T): T {
    if (!this.#waitsOnceATurn) return work();
    return oneWaitATurn(work, () => {
      // Who handed the Database in may have given it another one since.
      const [{ timeout }] = this.#pragma("busy_timeout") as [{ readonly timeout: number }];
      this.#pragma("busy_timeout = 0");
      try {
        return work();
      } finally {
        this.#pragma(`busy_timeout = ${timeout}`);
      }
    });
  }

  #pragma(source: string): unknown {
    try {
      return this.#database.pragma(source);
    } catch (error) {
      throw storeErrorOf(error, this.#options.name);
    }
  }

  #spoiling<T>(statement: () => T): T {
    try {
      return statement();
    } catch (error) {
      this.#note(error);
      throw error;
    }
  }

  /** A file that was found damaged is written no more: what this connection remembers of it may hide more of that. */
  #note(error: unknown): void {
    if (isDamage(error)) this.#options.file?.spoil(error);
  }

  #assertFree(): void {
    this.assertUsable();
    // Only a caller leaves one open. To join it would acknowledge what the caller may yet roll back.
    if (!this.#options.handedIn || !this.#database.inTransaction) return;
    throw new StoreBusy(
      `a transaction is open on the connection to ${this.#options.name} that was handed in; end it and try again, ` +
        "or write within it (store.within, queue.within)",
    );
  }
}
