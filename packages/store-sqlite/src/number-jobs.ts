import { type Added, encodeJobId, type NewJob, SEQ_LIMIT, StoreCorrupt } from "@turno/core";
import type { NewRow } from "./insert-rows.ts";
import { keyHolders, keyOf } from "./key-holders.ts";
import type { Statements } from "./statements.ts";

/** What becomes of each job, and the rows, under the next numbers, of those whose key nobody holds. */
export interface Numbered {
  readonly added: readonly Added[];
  readonly rows: readonly NewRow[];
}

/** Gives jobs their numbers and ids. Takes place under the write lock, in which the rows are inserted too. */
export function numberJobs(
  statements: Statements,
  salt: number,
  jobs: readonly NewJob[],
): Numbered {
  if (jobs.length === 0) return NONE;
  const holders = keyHolders(statements, salt, jobs);
  let seq = Number(statements.lastSeq.get()?.["seq"] ?? 0);
  const rows: NewRow[] = [];
  const added = jobs.map((job): Added => {
    const key = keyOf(job);
    const holder = key === undefined ? undefined : holders.get(key);
    if (holder !== undefined) return { id: holder, added: false };
    const id = encodeJobId({ createdAt: job.createdAt, salt, seq: ++seq });
    if (seq >= SEQ_LIMIT) throw numbersAreUsedUp(statements);
    rows.push({ job, seq, id });
    if (key !== undefined) holders.set(key, id);
    return { id, added: true };
  });
  return { added, rows };
}

/** Some millions of years of jobs, or one row of a stranger's. */
function numbersAreUsedUp({ tables }: Statements): StoreCorrupt {
  return new StoreCorrupt(
    `${tables.jobs} has a row ${SEQ_LIMIT - 1}, and no number is left for another job; delete that row`,
  );
}

const NONE: Numbered = { added: [], rows: [] };
