import type { NewJob } from "@turno/core";
import { newValues } from "./job-columns.ts";
import type { Statements } from "./statements.ts";

/** A job and the number of its row. */
export interface NumberedJob {
  readonly job: NewJob;
  readonly seq: number;
}

/** So many rows, and so much payload, go in one statement at the most: it is one text, and drivers limit those. */
const MOST_ROWS = 1_000;
const MOST_TEXT = 256 * 1024;

/** Inserts rows whose numbers follow each other, many in one statement. */
export function insertRows(statements: Statements, rows: readonly NumberedJob[]): void {
  for (let from = 0; from < rows.length; ) {
    const to = endOfBatch(rows, from);
    const [first, ...others] = rows.slice(from, to);
    if (first === undefined) return;
    if (others.length === 0) insertOne(statements, first);
    else insertMany(statements, first.seq, [first, ...others]);
    from = to;
  }
}

function endOfBatch(rows: readonly NumberedJob[], from: number): number {
  let to = from;
  let text = 0;
  for (; to < rows.length && to - from < MOST_ROWS; to++) {
    text += rows[to]?.job.payload.length ?? 0;
    if (to > from && text > MOST_TEXT) break;
  }
  return to;
}

function insertOne({ insertJob, insertPayload }: Statements, { job, seq }: NumberedJob): void {
  insertJob.run(seq, ...newValues(job));
  insertPayload.run(seq, job.payload);
}

function insertMany(
  { insertJobs, insertPayloads }: Statements,
  seq: number,
  rows: readonly NumberedJob[],
): void {
  insertJobs.run(seq, JSON.stringify(rows.map(({ job }) => newValues(job))));
  insertPayloads.run(seq, JSON.stringify(rows.map(({ job }) => job.payload)));
}
