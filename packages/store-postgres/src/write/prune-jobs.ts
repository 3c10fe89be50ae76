import { FINISHED_STATES, type PruneBefore } from "@turno/core";
import type { Connection } from "../connection/connection.ts";
import { STATE_CODES } from "./state-codes.ts";

/** Deletes up to `limit` old jobs with their notes, but not the newest of all. */
export async function pruneJobs(
  connection: Connection,
  schema: string,
  before: PruneBefore,
  limit: number,
): Promise<number> {
  let pruned = 0;
  for (const state of FINISHED_STATES) {
    const upTo = before[state];
    if (upTo === undefined || pruned >= limit) continue;
    const values = [STATE_CODES[state], upTo, Math.min(limit - pruned, 2 ** 31 - 1)].map(String);
    const [row] = await connection.query(
      `SELECT ${schema}.prune_1($1::text::smallint, $2::text::bigint, $3::text::int) AS pruned`,
      values,
    );
    pruned += Number(row?.["pruned"]);
  }
  return pruned;
}
