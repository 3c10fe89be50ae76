import {
  type CompletedJob,
  holdsKey,
  isFinishedState,
  type Job,
  type Replaced,
  encodeJobId,
  wasDamaged,
} from "@turno/core";
import { listText, textsText } from "../connection/list-text.ts";
import { changingColumns } from "./changing-columns.ts";

/** How jobs are to be replaced: those that were completed all at once, the others one after the other. */
export interface Replacing {
  readonly completed: readonly CompletedJob[];
  readonly others: readonly Job[];
}

/** Which way each goes. All go one after the other where one might depend on another. */
export function replacing(jobs: readonly Job[]): Replacing {
  if (jobs.some(comesToHoldKey) || new Set(jobs.map(({ seq }) => seq)).size < jobs.length)
    return { completed: [], others: jobs };
  const completed = jobs.filter(isPlainlyCompleted);
  return {
    completed,
    others: completed.length === jobs.length ? [] : jobs.filter((job) => !isPlainlyCompleted(job)),
  };
}

/** The values of `p_completed` to `p_replace`. */
export function replacingValues({ completed, others }: Replacing): (string | null)[] {
  return [
    ...completedValues(completed),
    others.length === 0 ? null : JSON.stringify(others.map(toRecord)),
  ];
}

/** What became of each of `jobs`, by what the function has told. */
export function replacedOf(
  jobs: readonly Job[],
  { completed, others }: Replacing,
  told: { readonly done: readonly unknown[] | null; readonly replaced: readonly unknown[] | null },
  salt: number,
): readonly Replaced[] {
  if (jobs.length === 0) return [];
  if (told.done === null && others.length === 0) return completed.map(() => "written");
  if (completed.length === 0) return others.map((_, at) => outcomeOf(told.replaced?.[at], salt));
  const done = told.done === null ? undefined : new Set(told.done.map(Number));
  const outcomes = new Map<Job, Replaced>();
  for (const job of completed)
    outcomes.set(job, done === undefined || done.has(job.seq) ? "written" : "stale");
  for (const [at, job] of others.entries()) outcomes.set(job, outcomeOf(told.replaced?.[at], salt));
  return jobs.map((job) => outcomes.get(job) ?? "stale");
}

function completedValues(jobs: readonly CompletedJob[]): (string | null)[] {
  if (jobs.length === 0) return [null, null, null, null, null];
  const holds = jobs.map((job) => holdsKey(job));
  const results = jobs.map(({ result }) => result);
  return [
    listText(jobs.map(({ seq }) => seq)),
    listText(jobs.map(({ revision }) => revision)),
    listText(jobs.map(({ finishedAt }) => finishedAt)),
    holds.includes(true) ? listText(holds) : null,
    results.some((result) => result !== undefined) ? textsText(results) : null,
  ];
}

function outcomeOf(told: unknown, salt: number): Replaced {
  if (told === 0) return "written";
  if (!Array.isArray(told)) return "stale";
  const [seq, createdAt] = told.map(Number);
  return { keyHeldBy: encodeJobId({ seq: seq ?? 0, createdAt: createdAt ?? 0, salt }) };
}

/** A finished job that is retried may find its key taken; what runs or waits has had it all along. */
function comesToHoldKey(job: Job): boolean {
  return (
    !isFinishedState(job.state) && job.state !== "running" && job.attempt === 0 && holdsKey(job)
  );
}

function isPlainlyCompleted(job: Job): job is CompletedJob {
  return job.state === "completed" && !wasDamaged(job);
}

function toRecord(job: Job) {
  return { ...changingColumns(job), damaged: wasDamaged(job) };
}
