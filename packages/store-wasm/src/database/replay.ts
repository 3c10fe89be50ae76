import { StoreCorrupt } from "@turno/core";
import type { SqlPort } from "@turno/store-sqlite";
import type { RowImage } from "../persistence/persistence.ts";
import { type KeptTable, SEQUENCES } from "./kept-tables.ts";

/** A statement takes so many rows, and so much text, at the most. */
const MOST_ROWS = 1_000;
const MOST_TEXT = 1024 * 1024;

/** Brings the tables to where the groups have left them; how often each was replayed before does not matter. */
export function replay(
  port: SqlPort,
  tables: readonly KeptTable[],
  log: readonly (readonly RowImage[])[],
): void {
  const latest = latestImages(log);
  port.immediately(() => {
    for (const [name, images] of latest) {
      const table = [...tables, SEQUENCES].find((known) => known.name === name);
      if (table === undefined)
        throw new StoreCorrupt(
          `the stored changes name a table ${name}, which this queue does not have; give the \`table\` that it was ` +
            "stored with, restore a backup, or delete the site's data to begin afresh",
        );
      if (table === SEQUENCES) setSequences(port, images);
      else writeRows(port, table, images);
    }
  });
}

/** For each table and key the last image of the row. */
function latestImages(log: readonly (readonly RowImage[])[]) {
  const latest = new Map<string, Map<string | number, RowImage>>();
  for (const group of log) {
    for (const image of group) {
      const [table, key] = image;
      const rows = latest.get(table) ?? new Map<string | number, RowImage>();
      latest.set(table, rows.set(key, image));
    }
  }
  return latest;
}

function writeRows(
  port: SqlPort,
  { name, key }: KeptTable,
  images: ReadonlyMap<string | number, RowImage>,
): void {
  const remove = `DELETE FROM ${name} WHERE ${key} IN (SELECT value FROM json_each(?))`;
  // All of them first: a row must not be refused for a unique key that another has let go of in the same group.
  port.prepare(remove).run(JSON.stringify([...images.keys()]));
  const rows = [...images.values()].flatMap(([, , row]) => (row === null ? [] : [row]));
  const [first] = rows;
  if (first === undefined) return;
  const columns = first.map((_, at) => `value ->> ${at}`).join(", ");
  const insert = port.prepare(`INSERT INTO ${name} SELECT ${columns} FROM json_each(?)`);
  for (let from = 0, to = 0; from < rows.length; from = to) {
    for (let text = 0; to < rows.length && to - from < MOST_ROWS; to++) {
      for (const value of rows[to] ?? []) text += typeof value === "string" ? value.length : 0;
      if (to > from && text > MOST_TEXT) break;
    }
    insert.run(JSON.stringify(rows.slice(from, to)));
  }
}

/** The table has no unique key that a REPLACE could go by. */
function setSequences(port: SqlPort, images: ReadonlyMap<string | number, RowImage>): void {
  const { name, key } = SEQUENCES;
  const remove = port.prepare(`DELETE FROM ${name} WHERE ${key} = ?`);
  const insert = port.prepare(`INSERT INTO ${name} (name, seq) VALUES (?, ?)`);
  for (const [table, image] of images) {
    remove.run(table);
    insert.run(table, image[2]?.[1] ?? 0);
  }
}
