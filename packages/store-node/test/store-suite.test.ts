import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore, type SqliteNodeStore } from "@turno/store-node";
import { storeSuite } from "@turno/testkit";
import { afterAll } from "vitest";

const directory = mkdtempSync(join(tmpdir(), "turno-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const paths = new WeakMap<SqliteNodeStore, string>();
let files = 0;

storeSuite("better-sqlite3 in memory", { open: () => openSqliteStore(":memory:") });
storeSuite("better-sqlite3 with two connections to a file", {
  // Each run starts the thread of each connection's heart.
  runs: 25,
  open: () => openAt(join(directory, `${++files}.db`)),
  openSecond: (store) => openAt(pathOf(store)),
  reopen: async (store) => {
    await store.close();
    return openAt(pathOf(store));
  },
});

function openAt(path: string): SqliteNodeStore {
  const store = openSqliteStore(path, { durability: "normal" });
  paths.set(store, path);
  return store;
}

function pathOf(store: SqliteNodeStore): string {
  return paths.get(store) ?? "";
}
