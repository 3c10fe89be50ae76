import { createRequire } from "node:module";
import { checkOptionNames, saltBy, shown, StoreUnsupported } from "@turno/core";
import { ServerClock } from "./clock/server-clock.ts";
import { Connection } from "./connection/connection.ts";
import { isPool, isQueryable, type PoolLike, type Queryable } from "./connection/queryable.ts";
import { Life } from "./life/life.ts";
import { listenOn } from "./life/listen.ts";
import { SIGN_LIMIT } from "./life/lock.ts";
import { PostgresStore } from "./postgres-store.ts";
import { migrate, openedMeta } from "./schema/migrate.ts";
import { checkSchemaName } from "./schema/schema-name.ts";

export interface OpenPostgresOptions {
  /** The schema that holds the queue's tables, and nothing else. Default: `turno`. */
  readonly schema?: string | undefined;
  /** Whether to create the tables, or bring them up to date. Default: true. */
  readonly migrate?: boolean | undefined;
  /**
   * Whether statements are prepared under a name, once a connection. False behind a pooler that does not know of them,
   * such as PgBouncer before 1.21; where the store meets one it prepares no more. Default: true.
   */
  readonly prepare?: boolean | undefined;
  /**
   * Whether to have a connection that stays: it listens for work and says that this process is there. False where
   * connections go through a pooler that hands them on after each transaction; or the connection string of a way around
   * it, which is taken at its word. Default: true, but where somebody else than the server takes the connection, it does
   * neither.
   */
  readonly listen?: boolean | string | undefined;
  /** Gives numbers from 0 to 1; the first makes the salt of a new database's ids. Default: the database's own. */
  readonly random?: (() => number) | undefined;
}

const NAMES = new Set(["schema", "migrate", "prepare", "listen", "random"]);

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
  const queryable = typeof target === "string" ? newPool(target) : target;
  const connection = new Connection(queryable, { prepare, own });
  const clock = new ServerClock();
  try {
    const salt = random === undefined ? undefined : saltBy(random);
    if (settings.migrate) await migrate(connection, schema, salt);
    const meta = await openedMeta(connection, schema, clock);
    const sign = 1 + Math.floor(Math.random() * (SIGN_LIMIT - 1));
    const life = lifeOf(queryable, settings, sign);
    const listen =
      life === undefined && settings.listen === true
        ? listenOn(queryable, schema, sign)
        : undefined;
    return new PostgresStore({ connection, schema, ...meta, clock, sign, life, listen });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

type Settings = ReturnType<typeof resolveOptions>;

/** A session of its own, where it is known how to connect once more. */
function lifeOf(target: Queryable, { schema, listen }: Settings, sign: number): Life | undefined {
  const config = typeof listen === "string" ? { connectionString: listen } : configOf(target);
  if (config === undefined) return undefined;
  const isTrusted = typeof listen === "string";
  const stays = listen !== false;
  return new Life({ driverPath: driverPath(), config, schema, sign, stays, isTrusted });
}

/** How the pool connects, if a thread can be told; undefined where nobody knows, or it takes a function. */
function configOf(target: Queryable): object | undefined {
  if (!isPool(target) || target.options === undefined) return undefined;
  const {
    Client: _,
    Promise: __,
    log: ___,
    ...options
  } = target.options as Record<string, unknown>;
  // A pool hides it from those who print its options.
  const password: unknown = Reflect.get(target.options, "password");
  try {
    return structuredClone(password === undefined ? options : { ...options, password });
  } catch {
    return undefined;
  }
}

function resolveOptions(given: OpenPostgresOptions) {
  const options = checkOptionNames(given, NAMES);
  const { schema = "turno", listen = true, random } = options;
  if (typeof listen !== "boolean" && typeof listen !== "string")
    throw new TypeError(
      `listen must be true, false or a connection string, but is ${shown(listen)}`,
    );
  if (random !== undefined && typeof random !== "function")
    throw new TypeError(`random must be a function, but is ${shown(random)}`);
  return {
    schema: checkSchemaName(schema),
    migrate: checkSwitch(options.migrate, "migrate"),
    prepare: checkSwitch(options.prepare, "prepare"),
    listen,
    random,
  };
}

function checkSwitch(value: boolean | undefined, name: string): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? true;
  throw new TypeError(`${name} must be true or false, but is ${shown(value)}`);
}

function newPool(connectionString: string): PoolLike {
  const pg = createRequire(import.meta.url)(driverPath()) as Pg;
  // A process that has nothing else to do may end.
  const pool = new pg.Pool({
    connectionString,
    allowExitOnIdle: true,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  // A connection that is lost while nobody uses it is nobody's failure: the pool makes another.
  pool.on("error", () => {});
  return pool;
}

interface Pg {
  readonly Pool: new (options: object) => PoolLike;
}

function driverPath(): string {
  try {
    return createRequire(import.meta.url).resolve("pg");
  } catch (cause) {
    throw new StoreUnsupported(
      "pg is not installed, and a store on a server needs it; install pg",
      {
        cause,
      },
    );
  }
}
