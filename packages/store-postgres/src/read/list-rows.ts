import { JOB_STATES, type JobState, type ListFilter, SEQ_LIMIT } from "@turno/core";
import { type Connection, LONG_MS } from "../connection/connection.ts";
import type { Row } from "../connection/queryable.ts";
import { listText, textsText } from "../connection/list-text.ts";
import { RARE_STATES, STATE_CODES } from "../write/state-codes.ts";
import { jobColumns } from "./job-row.ts";

/** The rows of a page of jobs, all as they were at one moment. */
export async function listRows(
  connection: Connection,
  schema: string,
  { states = JOB_STATES, types, orphaned = false, beforeSeq = SEQ_LIMIT, limit }: ListFilter,
): Promise<readonly Row[]> {
  const listed = JOB_STATES.filter(
    (state) => states.includes(state) && (!orphaned || state === "running"),
  );
  if (listed.length === 0) return [];
  const where = [
    "job.seq < $1::text::bigint",
    "job.state = ANY ($2::text::smallint[])",
    ...(types === undefined ? [] : ["job.type = ANY ($4::text::text[])"]),
    ...(orphaned
      ? [`NOT EXISTS (SELECT FROM ${schema}.workers worker WHERE worker.id = job.worker)`]
      : []),
  ];
  const text = `SELECT ${jobColumns(schema)} FROM ${schema}.jobs job WHERE ${[...sourceOf(schema, listed), ...where].join(" AND ")}
    ORDER BY job.seq DESC LIMIT $3::text::bigint${orphaned ? UNLOCKED : ""}`;
  const values = [
    String(Math.min(beforeSeq, SEQ_LIMIT)),
    listText(listed.map((state) => STATE_CODES[state])),
    String(Math.max(0, Math.min(limit, 2 ** 31 - 1))),
    ...(types === undefined ? [] : [textsText(types)]),
  ];
  return await connection.query(text, values, { limitMs: LONG_MS });
}

/**
 * Who asks for orphans wants to fail them. One that its worker has completed inside a transaction which is still open can
 * only be waited for, and is passed over until that has ended.
 */
const UNLOCKED = " FOR NO KEY UPDATE OF job SKIP LOCKED";

/** Where the jobs of these states are found without looking through the others. */
function sourceOf(schema: string, states: readonly JobState[]): readonly string[] {
  if (states.every((state) => state === "running"))
    return [`job.seq = ANY (ARRAY(SELECT unnest(claim.seqs) FROM ${schema}.claims claim))`];
  if (states.every((state) => RARE_STATES.has(state)))
    return [`job.rare = ANY ('${listText(states.map((state) => STATE_CODES[state]))}')`];
  return [];
}
