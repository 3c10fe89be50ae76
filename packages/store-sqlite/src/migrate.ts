import { SALT_LIMIT, saltBy, StoreCorrupt, StoreNewer } from "@turno/core";
import { MIGRATIONS, metaTable, SCHEMA_VERSION } from "./schema.ts";
import type { SqlPort } from "./sql-port.ts";
import type { TableNames } from "./table-names.ts";

/** Creates the tables, or brings them up to this code's version; answers with the salt of the database's ids. */
export function migrate(port: SqlPort, tables: TableNames, random: () => number): number {
  const found = readMeta(port, tables);
  if (found?.schema === SCHEMA_VERSION && found.complete) return found.salt;
  return port.immediately(() => {
    // Read again under the lock: somebody else may have migrated meanwhile.
    const { schema, salt, complete } = readMeta(port, tables) ?? createMeta(port, tables, random);
    if (schema === SCHEMA_VERSION && !complete)
      throw corrupt(port, tables, "some of them are missing");
    for (const statements of MIGRATIONS.slice(schema)) {
      for (const sql of statements(tables)) port.prepare(sql).run();
    }
    port.prepare(`UPDATE ${tables.meta} SET value = ? WHERE key = 'schema'`).run(SCHEMA_VERSION);
    return salt;
  });
}

/** Throws `StoreNewer` where a version of the tables is not this code's to write. `name` is the database's, if it has one. */
export function refuseNewerSchema(schema: number, prefix: string, name?: string): void {
  if (schema > SCHEMA_VERSION) {
    throw new StoreNewer(
      `the tables ${prefix}*${ofDatabase(name)} have schema ${schema}, and this program knows schemas up to ${SCHEMA_VERSION}: ` +
        "a newer version of Turno has written them; update Turno in this program",
    );
  }
}

interface Meta {
  readonly schema: number;
  readonly salt: number;
  /** Whether there are all the tables of this code's version. */
  readonly complete: boolean;
}

function createMeta(port: SqlPort, tables: TableNames, random: () => number): Meta {
  const salt = saltBy(random);
  port.prepare(metaTable(tables)).run();
  port
    .prepare(`INSERT INTO ${tables.meta} (key, value) VALUES ('schema', 0), ('salt', ?)`)
    .run(salt);
  return { schema: 0, salt, complete: false };
}

/** What the database says of the queue; undefined where there is none yet. */
function readMeta(port: SqlPort, tables: TableNames): Meta | undefined {
  const found = tablesFound(port, tables);
  if (found.size === 0) return undefined;
  if (found.get(tables.meta) !== metaTable(tables)) {
    throw corrupt(
      port,
      tables,
      `there is ${[...found.keys()].join(", ")}, but no ${tables.meta} of Turno's`,
    );
  }
  const rows = port.prepare(`SELECT key, value FROM ${tables.meta}`).all();
  const { schema, salt } = Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  if (typeof schema !== "number" || typeof salt !== "number") {
    throw corrupt(
      port,
      tables,
      `${tables.meta} has lost its ${typeof salt === "number" ? "schema" : "salt"}`,
    );
  }
  refuseNewerSchema(schema, tables.prefix, port.name);
  if (schema < 0) throw corrupt(port, tables, `${tables.meta} has the schema ${schema}`);
  if (!(salt >= 0 && salt < SALT_LIMIT))
    throw corrupt(port, tables, `${tables.meta} has the salt ${salt}`);
  return { schema, salt, complete: found.size === namesOf(tables).length };
}

/** By name how each of the tables was created that there are. */
function tablesFound(port: SqlPort, tables: TableNames): Map<string, string> {
  const rows = port
    .prepare(
      `SELECT lower(name) AS name, sql FROM sqlite_schema
       WHERE lower(name) IN (SELECT value FROM json_each(?)) ORDER BY name`,
    )
    .all(JSON.stringify(namesOf(tables)));
  return new Map(rows.map(({ name, sql }) => [String(name), String(sql)]));
}

function namesOf({ prefix: _, ...names }: TableNames): string[] {
  return Object.values(names);
}

function corrupt({ name }: SqlPort, { prefix }: TableNames, fault: string): StoreCorrupt {
  return new StoreCorrupt(
    `the tables ${prefix}*${ofDatabase(name)} are no queue: ${fault}; restore a backup, or give another prefix as \`table\``,
  );
}

function ofDatabase(name: string | undefined): string {
  return name === undefined ? "" : ` of ${name}`;
}
