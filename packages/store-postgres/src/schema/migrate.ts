import { SALT_LIMIT, StoreCorrupt, StoreNewer } from "@turno/core";
import { type Connection, LONG_MS } from "../connection/connection.ts";
import type { ServerClock } from "../clock/server-clock.ts";
import { migrations, SCHEMA_VERSION } from "./migrations.ts";

/** The server's time, in milliseconds since the epoch. */
export const NOW_SQL = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

/**
 * Creates the tables, or brings them up to this code's version; of many that do so at once one does it, and the others
 * wait. With a salt where a new database is to have that one.
 */
export async function migrate(
  connection: Connection,
  schema: string,
  salt: number | undefined,
): Promise<void> {
  const found = await readMeta(connection, schema);
  if (found !== undefined && found.schema >= SCHEMA_VERSION) return;
  await connection.query(migration(schema, salt), [], { limitMs: LONG_MS });
}

/** What the database says of the queue; throws where it is none of this version's. */
export async function openedMeta(
  connection: Connection,
  schema: string,
  clock: ServerClock,
): Promise<{ readonly salt: number }> {
  const sentAt = performance.now();
  const [row] = await connection.query(`SELECT ${NOW_SQL} AS now`);
  clock.hear(row?.["now"], sentAt);
  const meta = await readMeta(connection, schema);
  if (meta === undefined)
    throw new StoreCorrupt(
      `there is no schema ${schema} of Turno's; open the store without migrate: false, or run what migrations() gives`,
    );
  if (meta.schema < SCHEMA_VERSION)
    throw new StoreCorrupt(
      `the schema ${schema} has version ${meta.schema}, and this program needs ${SCHEMA_VERSION}; open the store without ` +
        "migrate: false, or run what migrations() gives above that version",
    );
  refuseNewerSchema(meta.schema, schema);
  if (!(meta.salt >= 0 && meta.salt < SALT_LIMIT))
    throw new StoreCorrupt(
      `${schema}.meta has the salt ${meta.salt}, which is none; restore a backup, or give another schema`,
    );
  return { salt: meta.salt };
}

/** Throws `StoreNewer` where a version of the tables is not this code's to write. */
export function refuseNewerSchema(found: number, schema: string): void {
  if (found > SCHEMA_VERSION)
    throw new StoreNewer(
      `the schema ${schema} has version ${found}, and this program knows versions up to ${SCHEMA_VERSION}: ` +
        "a newer version of Turno has written it; update Turno in this program",
    );
}

interface Meta {
  readonly schema: number;
  readonly salt: number;
}

async function readMeta(connection: Connection, schema: string): Promise<Meta | undefined> {
  const [there] = await connection.query("SELECT to_regclass($1::text) IS NOT NULL AS meta", [
    `${schema}.meta`,
  ]);
  if (there?.["meta"] !== true) return undefined;
  const rows = await connection.query(`SELECT key, value::text AS value FROM ${schema}.meta`);
  const values = new Map(rows.map(({ key, value }) => [String(key), Number(value)]));
  return { schema: values.get("schema") ?? Number.NaN, salt: values.get("salt") ?? Number.NaN };
}

/** One statement, and so one transaction on any connection. */
function migration(schema: string, salt: number | undefined): string {
  const steps = migrations(schema).map(
    ({ version, sql }) =>
      `IF found < ${version} THEN EXECUTE $turno${version}$${sql}$turno${version}$; END IF;`,
  );
  const given =
    salt === undefined ? "" : `UPDATE ${schema}.meta SET value = ${salt} WHERE key = 'salt';`;
  return `DO $turno$
DECLARE
  found bigint := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('turno ${schema}', 0));
  IF to_regclass('${schema}.meta') IS NOT NULL THEN
    SELECT value INTO found FROM ${schema}.meta WHERE key = 'schema';
  END IF;
  ${steps.join("\n  ")}
  IF found = 0 THEN ${given} END IF;
END
$turno$`;
}
