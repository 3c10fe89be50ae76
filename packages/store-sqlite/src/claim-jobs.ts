import {
  type ClaimRequest,
  claimPicker,
  compareClaimOrder,
  DUE_PER_CLAIM,
  enqueued,
  type Instant,
  type RunningJob,
  start,
  type WaitingJob,
} from "@turno/core";
import { runForSeqs } from "./by-seqs.ts";
import { firstReadySql, firstSeqsSql } from "./claim-sql.ts";
import type { NewRow } from "./insert-rows.ts";
import { toWaitingJob } from "./job-row.ts";
import type { Statements } from "./statements.ts";

/**
 * What a claim started; undefined where its worker is not known. Of the ready jobs `fresh`, which the same transaction
 * is going to insert, it takes those whose turn it is: they are never stored as waiting. Takes place under the write
 * lock.
 */
export function claimJobs(
  statements: Statements,
  salt: number,
  { worker, types, ...limits }: ClaimRequest,
  now: Instant,
  fresh: readonly NewRow[],
): RunningJob[] | undefined {
  const outset = statements.outset.get(worker, now);
  if (outset?.["known"] !== 1) return undefined;
  if (outset["due"] === 1) statements.makeDueReady.run(now, DUE_PER_CLAIM);
  const paused = new Set<unknown>(JSON.parse(String(outset["paused"])));
  const verdictOn = claimPicker(limits);
  const claimed: RunningJob[] = [];
  const mayTake = (type: string) => !paused.has(type) && limits.limitOf?.get(type) !== 0;
  let open = typesToLookFor(statements, types, fresh).filter(mayTake);
  const unstored = new Set(fresh.map(({ job, seq, id }): WaitingJob => enqueued(job, seq, id)));
  while (open.length > 0 && claimed.length < limits.limit) {
    const wanted = Math.min(limits.limit - claimed.length, MOST_AT_ONCE);
    const stored = firstReady(statements, salt, open, wanted);
    const others = [...unstored].filter(({ type }) => open.includes(type));
    const candidates = firstOf(wanted, stored, others);
    const { taken, enough, stopped } = pick(candidates, verdictOn);
    const toStart = taken.filter((job) => !unstored.delete(job)).map(({ seq }) => seq);
    if (toStart.length > 0)
      runForSeqs(statements.start, statements.startRow, [worker, now], toStart);
    for (const job of taken) claimed.push(start(job, worker, now));
    if (stopped || candidates.length < wanted) break;
    open = open.filter((type) => !enough.has(type));
  }
  return claimed;
}

/** A claim looks at this many jobs at once, at the most. */
const MOST_AT_ONCE = 1_000;

/** From so many types on it pays to ask first which have ready jobs at all, and in what order, and to read those then. */
const MANY_TYPES = 8;

/** Each type once; those that have no ready job may be left out. */
function typesToLookFor(
  { readyTypes, readyAmong }: Statements,
  types: readonly string[] | undefined,
  fresh: readonly NewRow[],
): readonly string[] {
  const wanted = types && new Set(types);
  if (wanted !== undefined && wanted.size < MANY_TYPES) return [...wanted];
  const rows =
    wanted === undefined ? readyTypes.all() : readyAmong.all(JSON.stringify([...wanted]));
  const ready = new Set(rows.map(({ type }) => String(type)));
  for (const { job } of fresh) if (wanted?.has(job.type) !== false) ready.add(job.type);
  return [...ready];
}

/** The first ready jobs of the types that are stored, in claim order. */
function firstReady(
  statements: Statements,
  salt: number,
  types: readonly string[],
  limit: number,
): readonly WaitingJob[] {
  const { get, mostArms } = statements;
  const few = types.length <= Math.min(MANY_TYPES, mostArms);
  const rows = few
    ? readyRows(statements, firstReadySql, types, limit)
    : get.all(JSON.stringify(firstSeqs(statements, types, limit)));
  const jobs = rows.map((row) => toWaitingJob(row, salt));
  // A join promises no order.
  return few ? jobs : jobs.sort(compareClaimOrder);
}

function firstSeqs(
  statements: Statements,
  types: readonly string[],
  limit: number,
): readonly number[] {
  const places: Parameters<typeof compareClaimOrder>[0][] = [];
  for (let from = 0; from < types.length; from += statements.mostArms) {
    const some = types.slice(from, from + statements.mostArms);
    for (const row of readyRows(statements, firstSeqsSql, some, limit)) {
      const { seq, priority, run_at: runAt } = row;
      places.push({ seq: Number(seq), priority: Number(priority), runAt: Number(runAt) });
    }
  }
  places.sort(compareClaimOrder);
  return places.slice(0, limit).map(({ seq }) => seq);
}

function readyRows(
  { forArms }: Statements,
  sqlOf: typeof firstReadySql,
  types: readonly string[],
  limit: number,
) {
  // Filled up with a type that no job has, so that there are few statements to keep.
  const arms = 2 ** Math.ceil(Math.log2(types.length));
  const padding = Array<string>(arms - types.length).fill("");
  return forArms(sqlOf, arms).all(...types, ...padding, limit);
}

function firstOf(
  limit: number,
  stored: readonly WaitingJob[],
  unstored: readonly WaitingJob[],
): readonly WaitingJob[] {
  if (unstored.length === 0) return stored;
  return [...stored, ...unstored].sort(compareClaimOrder).slice(0, limit);
}

/** What the claim takes of the candidates, the types it has enough of, and whether it stops there. */
function pick(candidates: readonly WaitingJob[], verdictOn: ReturnType<typeof claimPicker>) {
  const taken: WaitingJob[] = [];
  const enough = new Set<string>();
  for (const candidate of candidates) {
    if (enough.has(candidate.type)) continue;
    const verdict = verdictOn(candidate);
    if (verdict === "stop") return { taken, enough, stopped: true };
    if (verdict === "take") taken.push(candidate);
    else enough.add(candidate.type);
  }
  return { taken, enough, stopped: false };
}
