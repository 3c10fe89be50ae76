import type { SqlPort, SqlRow } from "@turno/store-sqlite";
import type { Database } from "better-sqlite3";

/** A store's port to a connection of the harness's own. */
export function plainPort(database: Database): SqlPort {
  return {
    prepare(sql) {
      const statement = database.prepare<unknown[], SqlRow>(sql);
      return {
        all: (...parameters) => statement.all(...parameters),
        get: (...parameters) => statement.get(...parameters),
        run: (...parameters) => statement.run(...parameters).changes,
      };
    },
    immediately: (work) => database.transaction(work).immediate(),
    close: () => void database.close(),
  };
}
