import { type Job, JOB_STATES, type JobState, type ListFilter, SEQ_LIMIT } from "@turno/core";
import { toJob } from "./job-row.ts";
import { armsOf, indexedSql, type Listed, toSortSql, walkSql } from "./list-sql.ts";
import { rowLimit } from "./row-limit.ts";
import type { Statements } from "./statements.ts";
import type { Steps } from "./steps.ts";

/** How many row numbers are looked through at once. */
const PART = 5_000;

/** So many entries of an index are sorted in some milliseconds. */
const FEW = 5_000;

/** States whose indexes hold few jobs, or hold them by row number. */
const INDEXED_STATES: ReadonlySet<JobState> = new Set(["failed", "running", "dead", "cancelled"]);

/**
 * A page of jobs, each as it was when its step was done. The filter goes by what the rows say: a damaged one may read as
 * dead though it is among those that run. What has a number that no id can carry is in no list.
 */
export function* listJobs(
  statements: Statements,
  salt: number,
  { states, types, orphaned, beforeSeq = SEQ_LIMIT, limit }: ListFilter,
): Steps<readonly Job[]> {
  const listed = { states: statesOf(states, orphaned), types, orphaned };
  const all = { statements, salt, listed };
  if (listed.states.length === 0) return [];
  let before = Math.min(beforeSeq, SEQ_LIMIT);
  if (listed.states.every((state) => INDEXED_STATES.has(state)))
    return byIndexes(all, before, limit);
  let found: Job[] = [];
  // What was enqueued last is what most pages are of; and what is common is soon found.
  for (let part = 0; ; part++) {
    const last = Number(statements.lastBefore.get(before)?.["seq"] ?? 0);
    if (last < 1) return found;
    if (part === 1 && areFew(statements, listed.states))
      return found.concat(byIndexes(all, before, limit - found.length));
    const from = Math.max(1, last - PART + 1);
    found = found.concat(among(all, before, from, limit - found.length));
    if (found.length >= limit) return found;
    before = from;
    yield;
  }
}

interface Listing {
  readonly statements: Statements;
  readonly salt: number;
  readonly listed: Listed;
}

function statesOf(
  states: readonly JobState[] = JOB_STATES,
  orphaned: boolean | undefined,
): readonly JobState[] {
  return JOB_STATES.filter(
    (state) => states.includes(state) && (orphaned !== true || state === "running"),
  );
}

function areFew({ of, tables, mostArms }: Statements, states: readonly JobState[]): boolean {
  if (armsOf(states) > mostArms) return false;
  return Number(of(toSortSql(tables, states, FEW)).get()?.["entries"]) < FEW;
}

function byIndexes({ statements, salt, listed }: Listing, before: number, limit: number): Job[] {
  const { of, tables } = statements;
  const ofArm = [before, ...typesOf(listed)];
  const parameters = Array.from({ length: armsOf(listed.states) }, () => ofArm).flat();
  return (
    of(indexedSql(tables, listed))
      .all(...parameters, rowLimit(limit))
      .map((row) => toJob(row, salt))
      // A join promises no order.
      .sort((a, b) => b.seq - a.seq)
  );
}

function among(
  { statements, salt, listed }: Listing,
  before: number,
  from: number,
  limit: number,
): Job[] {
  const { of, tables } = statements;
  return of(walkSql(tables, listed))
    .all(before, from, ...typesOf(listed), rowLimit(limit))
    .map((row) => toJob(row, salt));
}

function typesOf({ types }: Listed): string[] {
  return types === undefined ? [] : [JSON.stringify(types)];
}
