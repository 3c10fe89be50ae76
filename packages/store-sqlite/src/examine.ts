import type { Examination, Finding, ReadyJobs } from "@turno/core";
import type { DamagedRows } from "./damaged-rows.ts";
import { SCHEMA_VERSION } from "./schema.ts";
import type { SqlPort, SqlRow } from "./sql-port.ts";
import { tableNames } from "./table-names.ts";
import { beatSql } from "./worker-sql.ts";

/** So many faults of the file are told. */
const MOST_FAULTS = 20;

/**
 * The statements that read the whole database, for whoever has a place where that holds nobody up; `integrityFinding`
 * and `readyIn` read their rows. `table` is the prefix of the tables.
 */
export function examineSql(table: string) {
  const { jobs } = tableNames(table);
  return {
    integrity: `PRAGMA integrity_check(${MOST_FAULTS})`,
    ready: `SELECT type, count(*) AS count, min(run_at) AS since
      FROM ${jobs} INDEXED BY ${jobs}_ready WHERE ready = 1 GROUP BY type`,
  };
}

/** What the check says where it is a value that is wrong, and no page. */
const OF_A_ROW = /^(CHECK constraint failed|(NULL|NUMERIC|TEXT|non-\w+) value) in /;

/** What `PRAGMA integrity_check`, or `quick_check`, says. */
export function integrityFinding(rows: readonly SqlRow[]): Finding {
  // A row may have several lines, of which the first names the database.
  const faults = rows
    .flatMap((row) => Object.values(row).flatMap((text) => String(text).split("\n")))
    .filter((it) => it !== "ok")
    .filter((it) => !it.startsWith("*** "));
  const [first] = faults;
  if (first === undefined)
    return { about: "integrity", level: "good", message: "the database is whole", facts: {} };
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : "";
  if (faults.every((fault) => OF_A_ROW.test(fault)))
    return {
      about: "integrity",
      level: "warning",
      message: `the database is whole, but some row breaks a rule of its table: ${first}${more}`,
      remedy: "mend the row, or the rule",
      facts: { faults },
    };
  return {
    about: "integrity",
    level: "bad",
    message: `the database is damaged: ${first}${more}`,
    remedy: "stop what uses it, keep a copy, and restore a backup",
    facts: { faults },
  };
}

export function readyIn(rows: readonly SqlRow[]): readonly ReadyJobs[] {
  return rows.map(({ type, count, since }) => ({
    type: String(type),
    count: Number(count),
    since: Number(since),
  }));
}

/** What `damagedInSteps` has found. */
export function damagedFinding({ rows, count }: DamagedRows): Finding {
  const [first] = rows;
  if (first === undefined)
    return { about: "damaged", level: "good", message: "every row of a job holds one", facts: {} };
  const more = count > 1 ? `, and ${count - 1} more` : "";
  return {
    about: "damaged",
    level: "warning",
    message: `row ${first.seq} holds no job: ${first.fault}${more}`,
    remedy:
      "mend the rows, then retry their jobs; or delete them, and the rows of the same seq in the other tables",
    facts: { count, rows: rows.map((row) => ({ ...row })) },
  };
}

/** Of which version the tables are by now, and `more`, those of what lies beneath. */
export function versionsFinding(
  port: SqlPort,
  table: string,
  more: Readonly<Record<string, string>>,
): Finding {
  const schema = Number(port.prepare(beatSql(table).schema).get()?.["value"]);
  const facts = { schema, ...more };
  const message = Object.entries(facts)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
  if (schema <= SCHEMA_VERSION) return { about: "versions", level: "good", message, facts };
  return {
    about: "versions",
    level: "bad",
    message: `${message}: a newer Turno has changed the tables, and this program knows schemas up to ${SCHEMA_VERSION}`,
    remedy: "update Turno in this program",
    facts,
  };
}

/** Looks at the whole database in one go. */
export function examine(port: SqlPort, table: string, damaged: DamagedRows): Examination {
  const sql = examineSql(table);
  const { isGuarded = false } = port;
  const integrity = port.prepare(isGuarded ? "PRAGMA quick_check" : sql.integrity).all();
  const version = isGuarded ? undefined : port.prepare(VERSION_SQL).get()?.["version"];
  return {
    findings: [
      integrityFinding(integrity),
      versionsFinding(port, table, version === undefined ? {} : { SQLite: String(version) }),
      damagedFinding(damaged),
    ],
    ready: readyIn(port.prepare(sql.ready).all()),
  };
}

const VERSION_SQL = "SELECT sqlite_version() AS version";
