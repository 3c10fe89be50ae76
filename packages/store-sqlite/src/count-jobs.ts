import type { Counts } from "@turno/core";
import { STATE_CODES } from "./job-columns.ts";
import { RARE_STATES } from "./schema.ts";
import type { SqlRow } from "./sql-port.ts";
import { tableNames } from "./table-names.ts";

/**
 * The statement that counts all jobs at one moment, for whoever counts over a connection of its own; `countsIn` reads
 * its row. `table` is the prefix of the tables.
 */
export function countSql(table: string): string {
  const { jobs } = tableNames(table);
  const count = (index: string, where: string) =>
    `(SELECT count(*) FROM ${jobs} INDEXED BY ${jobs}_${index} WHERE ${where})`;
  const rare = (code: number) => count("rare", `(${RARE_STATES}) AND state = ${code}`);
  // An index is gone through fastest where its own condition is all that is asked: 25 ns an entry, and with the state
  // of completed jobs beside it 75. Each row of the table would take 300.
  return `SELECT ${count("ready", "ready = 1")} AS ready, ${count("due", "ready = 0")} AS due,
    ${count("worker", "worker > 0")} AS running, ${count("finished", "finished_at >= 0")} AS finished,
    ${rare(STATE_CODES.failed)} AS failed, ${rare(STATE_CODES.dead)} AS dead,
    ${rare(STATE_CODES.cancelled)} AS cancelled`;
}

/** How many jobs there are in each state, by the row that `countSql` gives. Damaged ones count as what their rows say. */
export function countsIn(row: SqlRow | undefined): Counts {
  const of = (name: string) => Number(row?.[name]);
  const failed = of("failed");
  const dead = of("dead");
  const cancelled = of("cancelled");
  return {
    pending: Math.max(0, of("ready") + of("due") - failed),
    failed,
    running: of("running"),
    completed: Math.max(0, of("finished") - dead - cancelled),
    dead,
    cancelled,
  };
}
