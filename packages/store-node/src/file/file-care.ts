import { beatSql, type SqlRow } from "@turno/store-sqlite";
import type { Driver, DriverDatabase } from "../driver.ts";
import type { FileCare, OpenedFile } from "./opened-file.ts";
import { readInThread } from "../doctor/whole-database.ts";

/** Takes care of `file` over `database`, the store's own connection, and others that are closed at once. */
export function fileCare(
  driver: Driver,
  { database, file, table }: { database: DriverDatabase; file: OpenedFile; table: string },
): FileCare {
  const { path } = file;
  return {
    isOpen: () => database.open,
    emptyLog() {
      // Nobody can be writing then; and what somebody writes into another log later is not mixed with it.
      const row = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
      return Number(row?.["busy"]) === 0;
    },
    readAfresh(how, size) {
      const other = new driver(path, { timeout: 0, fileMustExist: true });
      try {
        if (how === "a little") other.prepare(beatSql(table).schema).get();
        else if (lengthOf(other) > size) assertWhole(other);
      } finally {
        other.close();
      }
    },
    async readAside() {
      const rows = await readInThread(file, {
        sql: { faults: QUICK_CHECK },
        partial: ["faults"],
      });
      assertNoPageLost(rows?.faults?.[0]);
    },
  };
}

/** What is in the log alone is counted, too. */
function lengthOf(database: DriverDatabase): number {
  const pragma = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  return pragma("page_count") * pragma("page_size");
}

const QUICK_CHECK = "PRAGMA quick_check(1)";

function assertWhole(database: DriverDatabase): void {
  assertNoPageLost(database.prepare(QUICK_CHECK).get());
}

function assertNoPageLost(row: SqlRow | undefined): void {
  const found = String(row?.["quick_check"]);
  // What is wrong with pages comes first, and begins so; that a row breaks a rule of its table is no page lost.
  if (!found.startsWith("***")) return;
  throw Object.assign(new Error(found), { code: "SQLITE_CORRUPT" });
}
