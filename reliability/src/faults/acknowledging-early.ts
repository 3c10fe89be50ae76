import type { SqliteNodeStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { overridden } from "./overridden.ts";

/** How long what was acknowledged is not committed yet. */
const LATE_MS = 30;

/** A store that acknowledges new jobs before their transaction is committed. */
export function acknowledgingEarly(store: SqliteNodeStore, path: string): SqliteNodeStore {
  const database = new Database(path);
  let timer: NodeJS.Timeout | undefined;
  const commitLate = () => {
    clearTimeout(timer);
    if (database.inTransaction) database.exec("COMMIT");
  };
  return overridden(store, {
    commit: (write) => {
      if (write.add === undefined || write.add.length === 0) {
        commitLate();
        return store.commit(write);
      }
      if (!database.inTransaction) {
        database.exec("BEGIN IMMEDIATE");
        timer = setTimeout(commitLate, LATE_MS);
      }
      return store.within(database).commit(write);
    },
    close: () => {
      commitLate();
      database.close();
      return store.close();
    },
  });
}
