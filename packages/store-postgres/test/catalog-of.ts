import pg from "pg";

/** All that Postgres has of the schema `turno`, as text that is the same for the same tables in any database. */
export async function catalogOf(url: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const found: Record<string, readonly string[]> = {};
    for (const [what, text] of Object.entries(PARTS)) {
      const { rows } = await client.query<{ row: unknown }>(text);
      found[what] = rows.map(({ row }) => JSON.stringify(row)).sort();
    }
    return found;
  } finally {
    await client.end();
  }
}

const IN_TURNO = "relnamespace = 'turno'::regnamespace";

const PARTS = {
  relations: `SELECT row_to_json(r) AS row FROM (
    SELECT relname, relkind, relpersistence, reloptions, relacl::text FROM pg_class WHERE ${IN_TURNO}) r`,
  columns: `SELECT row_to_json(r) AS row FROM (
    SELECT relname, attname, attnum, format_type(atttypid, atttypmod) AS type, attnotnull, attidentity,
      attcollation::regcollation::text AS collation, attstorage, pg_get_expr(adbin, adrelid) AS default
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE ${IN_TURNO} AND attnum > 0) r`,
  indexes: `SELECT to_json(pg_get_indexdef(indexrelid)) AS row
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE ${IN_TURNO}`,
  constraints: `SELECT to_json(conname || ' ' || pg_get_constraintdef(oid)) AS row FROM pg_constraint
    WHERE connamespace = 'turno'::regnamespace`,
  functions: `SELECT to_json(pg_get_functiondef(oid)) AS row FROM pg_proc
    WHERE pronamespace = 'turno'::regnamespace`,
  meta: "SELECT to_json(key || CASE key WHEN 'salt' THEN '' ELSE ' ' || value END) AS row FROM turno.meta",
};
