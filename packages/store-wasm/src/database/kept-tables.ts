import { tableNames } from "@turno/store-sqlite";

/** A table whose rows are kept beyond memory, and the column that tells them apart. */
export interface KeptTable {
  readonly name: string;
  readonly key: string;
}

/** The tables of a queue, and the one of the calls that were carried out for other tabs. */
export function keptTables(prefix: string): readonly KeptTable[] {
  const { jobs, payloads, notes, workers, paused, meta } = tableNames(prefix);
  return [
    { name: jobs, key: "seq" },
    { name: payloads, key: "seq" },
    { name: notes, key: "seq" },
    { name: workers, key: "id" },
    { name: paused, key: "type" },
    { name: meta, key: "key" },
    { name: callsTable(prefix), key: "seq" },
  ];
}

export function callsTable(prefix: string): string {
  return `${tableNames(prefix).prefix}calls`;
}

/** Remembers the numbers that AUTOINCREMENT has given. SQLite takes no trigger on it. */
export const SEQUENCES: KeptTable = { name: "sqlite_sequence", key: "name" };
