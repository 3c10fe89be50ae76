import { claimSql } from "./claim-sql.ts";
import { countSql } from "./count-jobs.ts";
import { jobSql } from "./job-sql.ts";
import type { SqlPort, SqlStatement } from "./sql-port.ts";
import type { TableNames } from "./table-names.ts";
import { beatSql, workerSql } from "./worker-sql.ts";

/** Every statement of a queue on one connection, prepared. */
export type Statements = ReturnType<typeof prepareStatements>;

type ArmedSql = (tables: TableNames, arms: number) => string;

/** More would make a long text, and SQLite itself takes no more than 500. */
const MOST_ARMS = 64;

/**
 * Prepares the statements whose text is fixed, and keeps the others from their first use on.
 *
 * A parameter that SQLite would look at to choose a plan (in a LIMIT, beside an indexed column) is written `+?`: for a
 * plain `?` a build with STAT4, such as better-sqlite3's, prepares the statement anew at each use, 10 to 40 µs long.
 */
export function prepareStatements(port: SqlPort, tables: TableNames) {
  const kept = new Map<string, SqlStatement>();
  const keptByArms = new Map<ArmedSql, SqlStatement[]>();
  return {
    ...prepareEach(port, jobSql(tables)),
    ...prepareEach(port, claimSql(tables)),
    ...prepareEach(port, workerSql(tables)),
    ...prepareEach(port, beatSql(tables.prefix)),
    count: port.prepare(countSql(tables.prefix)),
    tables,
    /** How many types one statement looks for at the most. */
    mostArms: Math.min(port.mostCompounded ?? MOST_ARMS, MOST_ARMS),
    /** The statement that looks for so many types. */
    forArms(sqlOf: ArmedSql, arms: number): SqlStatement {
      let byArms = keptByArms.get(sqlOf);
      if (byArms === undefined) keptByArms.set(sqlOf, (byArms = []));
      return (byArms[arms] ??= port.prepare(sqlOf(tables, arms)));
    },
    /** For texts of which there are few. */
    of(sql: string): SqlStatement {
      let statement = kept.get(sql);
      if (statement === undefined) {
        statement = port.prepare(sql);
        kept.set(sql, statement);
      }
      return statement;
    },
  };
}

function prepareEach<Name extends string>(port: SqlPort, texts: Readonly<Record<Name, string>>) {
  const entries = Object.entries<string>(texts).map(([name, sql]) => [name, port.prepare(sql)]);
  return Object.fromEntries(entries) as Readonly<Record<Name, SqlStatement>>;
}
