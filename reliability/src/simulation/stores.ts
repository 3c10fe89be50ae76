import { MemoryStore } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { openWasmStore } from "@turno/store-wasm";

/** What can be simulated on, each time empty. */
export const STORES = {
  memory: () => new MemoryStore(),
  "better-sqlite3": () => openSqliteStore(":memory:"),
  "sql.js": () => openWasmStore(),
};

export type StoreName = keyof typeof STORES;
