import type { SqlPort, SqlStatement, SqlValue } from "@turno/store-sqlite";
import type { RowImage } from "../persistence/persistence.ts";
import { type KeptTable, SEQUENCES } from "./kept-tables.ts";

/** Knows which rows have changed since it was last asked. */
export class ChangedRows {
  readonly #keys: SqlStatement;
  readonly #forget: SqlStatement;
  readonly #tables: readonly { readonly name: string; readonly rows: SqlStatement }[];
  readonly #sequences: SqlStatement;

  /** Sets triggers on the tables, which must be there. They last as long as the connection. */
  constructor(port: SqlPort, tables: readonly KeptTable[]) {
    // Row images are made of what is found afterwards, so it is enough to know a changed row once.
    port
      .prepare(
        "CREATE TEMP TABLE changed (place INTEGER, key, PRIMARY KEY (place, key)) WITHOUT ROWID",
      )
      .run();
    for (const [place, table] of tables.entries())
      for (const sql of triggersOn(table, place)) port.prepare(sql).run();
    this.#tables = tables.map(({ name, key }) => ({
      name,
      rows: port.prepare(
        `SELECT ${key} AS "#key", * FROM ${name} WHERE ${key} IN (SELECT value FROM json_each(?))`,
      ),
    }));
    this.#sequences = port.prepare(`SELECT name AS "#key", * FROM ${SEQUENCES.name}`);
    this.#keys = port.prepare("SELECT place, key FROM changed");
    this.#forget = port.prepare("DELETE FROM changed");
  }

  /** The rows that have changed, as they are now. */
  take(): readonly RowImage[] {
    const keysByPlace = Map.groupBy(this.#keys.all(), ({ place }) => Number(place));
    if (keysByPlace.size === 0) return [];
    this.#forget.run();
    const images: RowImage[] = [];
    for (const [place, changed] of keysByPlace) {
      const table = this.#tables[place];
      if (table === undefined) continue;
      const keys = changed.map(({ key }) => key as string | number);
      images.push(...imagesOf(table.name, table.rows, keys));
    }
    return [...images, ...this.#sequencesWith(images)];
  }

  /** A worker that joined and left within one group leaves nothing behind but the number it had. */
  #sequencesWith(images: readonly RowImage[]): readonly RowImage[] {
    const changed = new Set(images.map(([table]) => table));
    return this.#sequences
      .all()
      .filter(({ name }) => changed.has(String(name)))
      .map(({ "#key": key, ...row }) => [
        SEQUENCES.name,
        key as string,
        Object.values<SqlValue>(row),
      ]);
  }
}

function triggersOn({ name, key }: KeptTable, place: number): readonly string[] {
  const note = (row: string) => `INSERT OR IGNORE INTO changed VALUES (${place}, ${row}.${key})`;
  return [
    `CREATE TEMP TRIGGER ${name}_added AFTER INSERT ON main.${name} BEGIN ${note("NEW")}; END`,
    `CREATE TEMP TRIGGER ${name}_changed AFTER UPDATE ON main.${name} BEGIN ${note("NEW")}; END`,
    `CREATE TEMP TRIGGER ${name}_deleted AFTER DELETE ON main.${name} BEGIN ${note("OLD")}; END`,
  ];
}

function imagesOf(table: string, rows: SqlStatement, keys: readonly (string | number)[]) {
  const gone = new Set(keys);
  const images: RowImage[] = rows.all(JSON.stringify(keys)).map(({ "#key": key, ...row }) => {
    gone.delete(key as string | number);
    return [table, key as string | number, Object.values<SqlValue>(row)];
  });
  for (const key of gone) images.push([table, key, null]);
  return images;
}
