import {
  type CompletedJob,
  holdsKey,
  isFinishedState,
  type Job,
  type Replaced,
  wasDamaged,
} from "@turno/core";
import { runForSeqs } from "./by-seqs.ts";
import { changingValues } from "./job-columns.ts";
import { keyHolders, keyOf } from "./key-holders.ts";
import { toJob } from "./job-row.ts";
import { runsOf } from "./runs-of.ts";
import type { Statements } from "./statements.ts";

/** Some of the jobs of one statement were not written, and it does not say which: the transaction has to be undone. */
export class SomeStale extends Error {}

/**
 * Writes each job whose stored revision is the one before its own. Takes place under the write lock.
 *
 * Where it is `hopeful` that nothing has come between, as nearly always nothing has, jobs that were completed alike go
 * in one statement, at less than half the cost; if that hope fails it throws `SomeStale`.
 */
export function replaceJobs(
  statements: Statements,
  salt: number,
  jobs: readonly Job[],
  hopeful: boolean,
): readonly Replaced[] {
  const isAlike = hopeful ? isCompletedAlike : () => false;
  return runsOf(jobs, isAlike).flatMap((run) =>
    run.length === 1
      ? replaceOne(statements, salt, run[0])
      : completeAll(statements, run as readonly [CompletedJob, ...CompletedJob[]]),
  );
}

function replaceOne(statements: Statements, salt: number, job: Job): Replaced {
  if (wasDamaged(job)) return replaceDamaged(statements, salt, job);
  const changed = statements.replace.run(...changingValues(job), job.seq, job.revision - 1);
  return changed === 1 ? "written" : whyNot(statements, salt, job);
}

/** What its row says its revision is may be no number that a statement could compare. */
function replaceDamaged(statements: Statements, salt: number, job: Job): Replaced {
  const row = statements.get.all(JSON.stringify([job.seq]))[0];
  if (row === undefined || toJob(row, salt).revision !== job.revision - 1) return "stale";
  return writeDamaged(statements, job) ? "written" : whyNot(statements, salt, job);
}

/**
 * Writes what has become of a damaged row; says whether it did. A finished job lets go of a unique key that another has
 * taken meanwhile.
 */
export function writeDamaged({ replaceDamaged }: Statements, job: Job): boolean {
  if (replaceDamaged.run(...changingValues(job), job.seq) === 1) return true;
  const without = changingValues({ ...job, uniqueKey: undefined });
  return isFinishedState(job.state) && replaceDamaged.run(...without, job.seq) === 1;
}

function isCompletedAlike(job: Job, first: Job): boolean {
  return (
    job.state === "completed" &&
    first.state === "completed" &&
    job.result === undefined &&
    first.result === undefined &&
    job.finishedAt === first.finishedAt &&
    job.revision === first.revision &&
    holdsKey(job) === holdsKey(first)
  );
}

function completeAll(
  { complete, completeRow }: Statements,
  jobs: readonly [CompletedJob, ...CompletedJob[]],
): readonly Replaced[] {
  const [{ finishedAt, revision }] = jobs;
  const parameters = [finishedAt, Number(holdsKey(jobs[0])), revision - 1];
  const seqs = jobs.map(({ seq }) => seq);
  const written = runForSeqs(complete, completeRow, parameters, seqs);
  if (written !== jobs.length) throw new SomeStale();
  return jobs.map(() => "written");
}

function whyNot(statements: Statements, salt: number, job: Job): Replaced {
  if (statements.revision.get(job.seq)?.["revision"] !== job.revision - 1) return "stale";
  const holder = keyHolders(statements, salt, [job]).get(keyOf(job));
  if (holder !== undefined) return { keyHeldBy: holder };
  throw new TypeError(
    `the job ${job.id} cannot be written: a value that it must have is NULL for SQLite (a NaN?)`,
  );
}
