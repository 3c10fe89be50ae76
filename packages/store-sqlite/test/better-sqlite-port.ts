import type { SqlPort } from "@turno/store-sqlite";
import Database from "better-sqlite3";

/** The smallest port there can be: better-sqlite3 as it comes. */
export function betterSqlitePort(file = ":memory:"): SqlPort & { readonly db: Database.Database } {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  return {
    db,
    prepare(sql) {
      const statement = db.prepare<unknown[], never>(sql);
      return {
        all: (...parameters) => statement.all(...parameters),
        get: (...parameters) => statement.get(...parameters),
        run: (...parameters) => statement.run(...parameters).changes,
      };
    },
    immediately: (work) => db.transaction(work).immediate(),
    close: () => db.close(),
  };
}
