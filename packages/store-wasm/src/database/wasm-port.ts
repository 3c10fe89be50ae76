import type { SqlPort, SqlRow, SqlStatement, SqlValue } from "@turno/store-sqlite";
import type { Database, Statement } from "sql.js";
import { toStoreError } from "./to-store-error.ts";

/** The port to a database of sql.js. Work inside other work is part of its transaction. */
export function wasmPort(database: Database): SqlPort {
  const begin = prepare(database, "BEGIN IMMEDIATE");
  const commit = prepare(database, "COMMIT");
  const rollback = prepare(database, "ROLLBACK");
  let isOpen = false;
  return {
    prepare: (sql) => prepare(database, sql),
    immediately(work) {
      if (isOpen) return work();
      begin.run();
      isOpen = true;
      try {
        const done = work();
        commit.run();
        return done;
      } catch (error) {
        rollBack(rollback);
        throw error;
      } finally {
        isOpen = false;
      }
    },
    close: () => database.close(),
  };
}

function prepare(database: Database, sql: string): SqlStatement {
  const statement = guarded(() => database.prepare(sql));
  const names = guarded(() => statement.getColumnNames());
  return {
    all: (...parameters) => run(statement, parameters, () => rows(statement, names)),
    get: (...parameters) =>
      run(statement, parameters, () => (statement.step() ? row(statement, names) : undefined)),
    run: (...parameters) =>
      run(statement, parameters, () => {
        statement.step();
        return database.getRowsModified();
      }),
  };
}

function rollBack(rollback: SqlStatement): void {
  try {
    rollback.run();
  } catch {
    // Some errors have rolled back already, and then there is nothing to do.
  }
}

function run<T>(statement: Statement, parameters: SqlValue[], work: () => T): T {
  return guarded(() => {
    statement.bind(parameters);
    try {
      return work();
    } finally {
      // A statement that is not reset keeps its transaction open, and the memory of its parameters.
      statement.reset();
    }
  });
}

function rows(statement: Statement, names: readonly string[]): SqlRow[] {
  const found: SqlRow[] = [];
  while (statement.step()) found.push(row(statement, names));
  return found;
}

function row(statement: Statement, names: readonly string[]): SqlRow {
  // None of our columns is a BLOB.
  const values = statement.get() as SqlValue[];
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStoreError(error);
  }
}
