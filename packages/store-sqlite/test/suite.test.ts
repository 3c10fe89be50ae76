import { SqliteStore } from "@turno/store-sqlite";
import { storeSuite } from "@turno/testkit";
import { betterSqlitePort } from "./better-sqlite-port.ts";
import { temporaryFile } from "./temporary-file.ts";

storeSuite("SqliteStore in memory", { open: () => new SqliteStore(betterSqlitePort()) });

const files = new WeakMap<SqliteStore, string>();

storeSuite("SqliteStore on a file", {
  open: () => openFile(temporaryFile()),
  openSecond: (store) => openFile(fileOf(store)),
  reopen(store) {
    store.close();
    return openFile(fileOf(store));
  },
});

function openFile(file: string): SqliteStore {
  const store = new SqliteStore(betterSqlitePort(file));
  files.set(store, file);
  return store;
}

function fileOf(store: SqliteStore): string {
  const file = files.get(store);
  if (file === undefined) throw new Error("this store is on no file");
  return file;
}
