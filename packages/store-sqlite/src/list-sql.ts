import { JOB_STATES, type JobState, type ListFilter } from "@turno/core";
import { STATE_CODES } from "./job-columns.ts";
import { wholeJob } from "./job-sql.ts";
import { RARE_STATES } from "./schema.ts";
import type { TableNames } from "./table-names.ts";

/** Which jobs a list is of, without where its page begins and ends. */
export type Listed = Pick<ListFilter, "types" | "orphaned"> & {
  readonly states: readonly JobState[];
};

/** The indexes that hold all jobs of a state, and what they hold them by. */
const INDEXED: Readonly<Record<JobState, readonly (readonly [index: string, where: string])[]>> = {
  pending: [
    ["ready", `ready = 1 AND state = ${STATE_CODES.pending}`],
    ["due", `ready = 0 AND state = ${STATE_CODES.pending}`],
  ],
  failed: [["rare", isRare("failed")]],
  running: [["worker", `worker > 0 AND state = ${STATE_CODES.running}`]],
  completed: [["finished", `finished_at >= 0 AND state = ${STATE_CODES.completed}`]],
  dead: [["rare", isRare("dead")]],
  cancelled: [["rare", isRare("cancelled")]],
};

/** How many SELECTs `indexedSql` joins. */
export function armsOf(states: readonly JobState[]): number {
  return states.flatMap((state) => INDEXED[state]).length;
}

/** The newest jobs, found in the indexes of their states. For each arm: beforeSeq, [types]; then limit. */
export function indexedSql(tables: TableNames, { states, types, orphaned }: Listed): string {
  const { jobs, workers } = tables;
  const arms = states
    .flatMap((state) => INDEXED[state])
    .map(
      ([index, where]) =>
        `SELECT seq FROM ${jobs} INDEXED BY ${jobs}_${index} WHERE ${where} AND seq > 0 AND seq < +?` +
        (types === undefined ? "" : " AND type IN (SELECT value FROM json_each(?))") +
        (orphaned === true ? ` AND worker NOT IN (SELECT id FROM ${workers})` : ""),
    );
  // Read whole only when they are chosen: to sort payloads would be to read them all.
  return `SELECT ${wholeJob(tables)} FROM (${arms.join(" UNION ALL ")} ORDER BY seq DESC LIMIT +?) AS found
    CROSS JOIN ${jobs} AS job ON job.seq = found.seq`;
}

/** The newest jobs among some row numbers. beforeSeq, the first number, [types], limit. */
export function walkSql(tables: TableNames, { states, types }: Listed): string {
  const codes = states.map((state) => STATE_CODES[state]);
  return `SELECT ${wholeJob(tables)} FROM ${tables.jobs} AS job
    WHERE job.seq < +? AND job.seq >= +? ${codes.length === JOB_STATES.length ? "" : `AND job.state IN (${codes.join(", ")})`}
    ${types === undefined ? "" : "AND job.type IN (SELECT value FROM json_each(?))"}
    ORDER BY job.seq DESC LIMIT +?`;
}

/** How many entries would have to be sorted to list by indexes, up to `most` each. */
export function toSortSql({ jobs }: TableNames, states: readonly JobState[], most: number): string {
  const each = states
    .flatMap((state) => INDEXED[state])
    .filter(([index]) => index !== "rare")
    .map(
      ([index, where]) =>
        `(SELECT count(*) FROM (SELECT 1 FROM ${jobs} INDEXED BY ${jobs}_${index} WHERE ${where} LIMIT ${most}))`,
    );
  return `SELECT ${each.join(" + ")} AS entries`;
}

function isRare(state: JobState): string {
  return `(${RARE_STATES}) AND state = ${STATE_CODES[state]}`;
}
