import { type Added, encodeJobId, type NewJob } from "@turno/core";
import { insertRows, type NumberedJob } from "./insert-rows.ts";
import { keyHolders, keyOf } from "./key-holders.ts";
import type { Statements } from "./statements.ts";

/** Adds the jobs whose key nobody holds, under the next numbers. Takes place under the write lock. */
export function addJobs(
  statements: Statements,
  salt: number,
  jobs: readonly NewJob[],
): readonly Added[] {
  if (jobs.length === 0) return [];
  const holders = keyHolders(statements, salt, jobs);
  let seq = Number(statements.lastSeq.get()?.["seq"] ?? 0);
  const rows: NumberedJob[] = [];
  const added = jobs.map((job): Added => {
    const key = keyOf(job);
    const holder = holders.get(key);
    if (holder !== undefined) return { id: holder, added: false };
    rows.push({ job, seq: ++seq });
    const id = encodeJobId({ createdAt: job.createdAt, salt, seq });
    if (key !== undefined) holders.set(key, id);
    return { id, added: true };
  });
  insertRows(statements, rows);
  return added;
}
