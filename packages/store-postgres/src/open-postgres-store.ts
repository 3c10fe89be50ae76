import { createRequire } from "node:module";
import { checkOptionNames, saltBy, shown, StoreUnsupported } from "@turno/core";
import { Connection } from "./connection/connection.ts";
import { isQueryable, type PoolLike, type Queryable } from "./connection/queryable.ts";
import { PostgresStore } from "./postgres-store.ts";
import { migrate, openedMeta } from "./schema/migrate.ts";
import { checkSchemaName } from "./schema/schema-name.ts";

export interface OpenPostgresOptions {
  /** The schema that holds the queue's tables, and nothing else. Default: `turno`. */
  readonly schema?: string | undefined;
  /** Whether to create the tables, or bring them up to date. Default: true. */
  readonly migrate?: boolean | undefined;
  /** Whether statements are prepared under a name, once a connection. Default: true. */
  readonly prepare?: boolean | undefined;
  /** Gives numbers from 0 to 1; the first makes the salt of a new database's ids. Default: the database's own. */
  readonly random?: (() => number) | undefined;
}

const NAMES = new Set(["schema", "migrate", "prepare", "random"]);

/**
 * Opens a queue in a PostgreSQL database (13 or newer), by a connection string, a Pool or a Client of `pg`, or a PGlite.
 * What is handed in stays its owner's to close. Rejects with a `StoreError` where that cannot be done.
 */
export async function openPostgresStore(
  target: string | Queryable,
  options: OpenPostgresOptions = {},
): Promise<PostgresStore> {
  const settings = resolveOptions(options);
  const own = typeof target === "string";
  if (!own && !isQueryable(target))
    throw new TypeError(
      `a store is opened on a connection string such as "postgres://localhost/app", a Pool or Client of pg, or a PGlite, but got ${shown(target)}`,
    );
  const { schema, prepare, random } = settings;
  const connection = new Connection(own ? await newPool(target) : target, { prepare, own });
  try {
    const salt = random === undefined ? undefined : saltBy(random);
    if (settings.migrate) await migrate(connection, schema, salt);
    const meta = await openedMeta(connection, schema);
    return new PostgresStore({ connection, schema, ...meta });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function resolveOptions(given: OpenPostgresOptions) {
  const options = checkOptionNames(given, NAMES);
  const { schema = "turno", random } = options;
  if (random !== undefined && typeof random !== "function")
    throw new TypeError(`random must be a function, but is ${shown(random)}`);
  return {
    schema: checkSchemaName(schema),
    migrate: checkSwitch(options.migrate, "migrate"),
    prepare: checkSwitch(options.prepare, "prepare"),
    random,
  };
}

function checkSwitch(value: boolean | undefined, name: string): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? true;
  throw new TypeError(`${name} must be true or false, but is ${shown(value)}`);
}

async function newPool(connectionString: string): Promise<PoolLike> {
  const { Pool } = await loadPg();
  const pool = new Pool({ connectionString });
  // A connection that is lost while nobody uses it is nobody's failure: the pool makes another.
  pool.on("error", () => {});
  return pool;
}

interface Pg {
  readonly Pool: new (options: { readonly connectionString: string }) => PoolLike;
}

async function loadPg(): Promise<Pg> {
  try {
    return createRequire(import.meta.url)("pg") as Pg;
  } catch (cause) {
    throw new StoreUnsupported(
      "pg is not installed, and a connection string needs it; install pg, or hand in a client",
      { cause },
    );
  }
}
