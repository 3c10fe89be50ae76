import { openOnPostgres } from "./on-postgres.ts";
import { openOnSqlite } from "./on-sqlite.ts";
import type { Service } from "./service.ts";

/** On Postgres where `database` is the URL of one, else on SQLite in a file. */
export async function openService(database: string): Promise<Service> {
  return database.startsWith("postgres") ? await openOnPostgres(database) : openOnSqlite(database);
}
