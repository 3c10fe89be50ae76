/// <reference lib="esnext.disposable" preserve="true" />
export type { Queryable } from "./connection/queryable.ts";
export { type OpenPostgresOptions, openPostgresStore } from "./open-postgres-store.ts";
export { PostgresStore } from "./postgres-store.ts";
export { type Migration, migrations } from "./schema/migrations.ts";
