import type { SqlPort, SqlRow, SqlStatement, SqlValue } from "@turno/store-sqlite";
import type { Database, Statement } from "sql.js";
import { toStoreError } from "./to-store-error.ts";

/** The port to a database of sql.js. Work inside other work is part of its transaction; what it throws undoes it alone. */
export function wasmPort(database: Database): SqlPort {
  const outer = bounds(database, "BEGIN IMMEDIATE", "COMMIT", ["ROLLBACK"]);
  const inner = bounds(database, "SAVEPOINT inner", "RELEASE inner", [
    "ROLLBACK TO inner",
    "RELEASE inner",
  ]);
  let depth = 0;
  return {
    prepare: (sql) => prepare(database, sql),
    immediately(work) {
      const { begin, end, undo } = depth === 0 ? outer : inner;
      begin.run();
      depth++;
      try {
        const done = work();
        end.run();
        return done;
      } catch (error) {
        undoBy(undo);
        throw error;
      } finally {
        depth--;
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

function bounds(database: Database, begin: string, end: string, undo: readonly string[]) {
  return {
    begin: prepare(database, begin),
    end: prepare(database, end),
    undo: undo.map((sql) => prepare(database, sql)),
  };
}

function undoBy(statements: readonly SqlStatement[]): void {
  try {
    for (const statement of statements) statement.run();
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
