import type { ListFilter } from "@turno/core";
import { STATE_CODES } from "./job-columns.ts";
import { wholeJob } from "./job-sql.ts";
import { rowLimit } from "./row-limit.ts";
import type { SqlValue } from "./sql-port.ts";
import type { TableNames } from "./table-names.ts";

/** The statement for a list, and its parameters. */
export function listSql(
  tables: TableNames,
  { states, types, orphaned = false, beforeSeq = Number.MAX_SAFE_INTEGER, limit }: ListFilter,
): { readonly sql: string; readonly parameters: readonly SqlValue[] } {
  const { jobs, workers } = tables;
  const onlyRunning = orphaned || states?.every((state) => state === "running") === true;
  const conditions = ["job.seq < +?"];
  const parameters: SqlValue[] = [beforeSeq];
  if (onlyRunning) conditions.push("job.worker > 0");
  if (orphaned) conditions.push(`job.worker NOT IN (SELECT id FROM ${workers})`);
  if (states !== undefined) {
    conditions.push("job.state IN (SELECT value FROM json_each(?))");
    parameters.push(JSON.stringify(states.map((state) => STATE_CODES[state])));
  }
  if (types !== undefined) {
    conditions.push("job.type IN (SELECT value FROM json_each(?))");
    parameters.push(JSON.stringify(types));
  }
  // Running jobs are few and have an index; the others are found by walking back through the table.
  const table = onlyRunning ? `${jobs} AS job INDEXED BY ${jobs}_worker` : `${jobs} AS job`;
  const sql = `SELECT ${wholeJob(tables)} FROM ${table}
    WHERE ${conditions.join(" AND ")} ORDER BY job.seq DESC LIMIT +?`;
  return { sql, parameters: [...parameters, rowLimit(limit)] };
}
