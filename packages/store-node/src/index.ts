export type { Database } from "./driver.ts";
export { type OpenOptions, openSqliteStore } from "./open-sqlite-store.ts";
export type { SqliteNodeStore } from "./sqlite-node-store.ts";
