import type { Job, Replaced } from "@turno/core";
import { changingValues } from "./job-columns.ts";
import { keyHolders, keyOf } from "./key-holders.ts";
import type { Statements } from "./statements.ts";

/** Writes each job whose stored revision is the one before its own. Takes place under the write lock. */
export function replaceJobs(
  statements: Statements,
  salt: number,
  jobs: readonly Job[],
): readonly Replaced[] {
  return jobs.map((job) => {
    const changed = statements.replace.run(...changingValues(job), job.seq, job.revision - 1);
    return changed === 1 ? "written" : whyNot(statements, salt, job);
  });
}

function whyNot(statements: Statements, salt: number, job: Job): Replaced {
  if (statements.revision.get(job.seq)?.["revision"] !== job.revision - 1) return "stale";
  const holder = keyHolders(statements, salt, [job]).get(keyOf(job));
  if (holder !== undefined) return { keyHeldBy: holder };
  throw new TypeError(
    `the job ${job.id} cannot be written: a value that it must have is NULL for SQLite (a NaN?)`,
  );
}
