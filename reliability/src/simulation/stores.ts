import { MemoryStore } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { openPostgresStore, type Queryable } from "@turno/store-postgres";
import { openWasmStore } from "@turno/store-wasm";

/** What can be simulated on, each time empty. */
export const STORES = {
  memory: () => new MemoryStore(),
  "better-sqlite3": () => openSqliteStore(":memory:"),
  "sql.js": () => openWasmStore(),
  pglite: async () => openPostgresStore(await emptied(await pglite())),
  postgres: async () => openPostgresStore(await emptied(await server())),
};

export type StoreName = keyof typeof STORES;

let ownPglite: Promise<Queryable> | undefined;
let ownServer: Promise<Queryable> | undefined;

/** This process's own, as is the server: it ends with it. */
function pglite(): Promise<Queryable> {
  ownPglite ??= import("@electric-sql/pglite").then(({ PGlite }) => PGlite.create());
  return ownPglite;
}

function server(): Promise<Queryable> {
  ownServer ??= startServer();
  return ownServer;
}

async function startServer(): Promise<Queryable> {
  const { FAST, startPostgres } = await import("../../../scripts/servers/postgres.ts");
  const { Pool } = (await import("pg")).default;
  const { port } = await startPostgres({ settings: FAST });
  return new Pool({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
}

/** A script that failed has not closed its store. */
async function emptied(database: Queryable): Promise<Queryable> {
  await database.query("DROP SCHEMA IF EXISTS turno CASCADE");
  return database;
}
