import type { Finding } from "@turno/core";
import type { Connection } from "../connection/connection.ts";
import { columnsButPayload, rowFault } from "../read/job-row.ts";

/** So many rows are looked through at once. */
const PART = 5_000;

/** So many are told of. */
const MOST = 100;

/** Rows of the table of jobs that hold no job, because somebody has changed them by hand. */
export async function damagedFinding(connection: Connection, schema: string): Promise<Finding> {
  // Payloads are large, and are looked at when their job runs.
  const columns = `${columnsButPayload(schema)}, '' AS payload`;
  const found: { readonly seq: number; readonly type: string; readonly fault: string }[] = [];
  let count = 0;
  let last = "-9223372036854775808";
  for (;;) {
    const rows = await connection.query(
      `SELECT ${columns} FROM ${schema}.jobs job WHERE job.seq > $1::text::bigint ORDER BY job.seq LIMIT ${PART}`,
      [last],
    );
    for (const row of rows) {
      const fault = rowFault(row);
      if (fault === undefined) continue;
      count++;
      if (found.length < MOST)
        found.push({ seq: Number(row["seq"]), type: String(row["type"]), fault });
    }
    if (rows.length < PART) break;
    last = String(rows.at(-1)?.["seq"]);
  }
  const [first] = found;
  if (first === undefined)
    return { about: "damaged", level: "good", message: "every row of a job holds one", facts: {} };
  const more = count > 1 ? `, and ${count - 1} more` : "";
  return {
    about: "damaged",
    level: "warning",
    message: `row ${first.seq} holds no job: ${first.fault}${more}`,
    remedy:
      "mend the rows, then retry their jobs; or delete them, and the rows of the same seq in the other tables",
    facts: { count, rows: found },
  };
}
