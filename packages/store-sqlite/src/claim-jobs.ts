import {
  bury,
  type ClaimRequest,
  claimPicker,
  compareClaimOrder,
  damageFailure,
  DUE_PER_CLAIM,
  enqueued,
  type Instant,
  type RunningJob,
  SEQ_LIMIT,
  start,
  type WaitingJob,
} from "@turno/core";
import { runForSeqs } from "./by-seqs.ts";
import { firstReadySql, firstSeqsSql } from "./claim-sql.ts";
import type { NewRow } from "./insert-rows.ts";
import { toJob } from "./job-row.ts";
import { writeDamaged } from "./replace-jobs.ts";
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
  let buried = 0;
  while (open.length > 0 && claimed.length < limits.limit) {
    // Where there is damage there is more of it: it is looked for with both hands.
    const wanted =
      buried > 0 ? MOST_AT_ONCE : Math.min(limits.limit - claimed.length, MOST_AT_ONCE);
    const { jobs: stored, damaged } = firstReady(statements, salt, open, wanted);
    if (damaged.length > 0) {
      const written = buryDamaged(statements, salt, damaged, now);
      buried += written;
      if (written === 0 || buried >= MOST_BURIED) break;
      continue;
    }
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

/** A claim buries about this many damaged rows at the most: others wait for the lock. */
const MOST_BURIED = 10_000;

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

interface Ready {
  readonly jobs: readonly WaitingJob[];
  /** The numbers of rows among them that hold no job which waits. */
  readonly damaged: readonly number[];
}

/** The first ready jobs of the types that are stored, in claim order. */
function firstReady(
  statements: Statements,
  salt: number,
  types: readonly string[],
  limit: number,
): Ready {
  const { get, mostArms } = statements;
  const few = types.length <= Math.min(MANY_TYPES, mostArms);
  const seqs = few ? [] : firstSeqs(statements, types, limit);
  const unnumbered = seqs.filter((seq) => !isNumber(seq));
  if (unnumbered.length > 0) return { jobs: [], damaged: unnumbered };
  const rows = few
    ? readyRows(statements, firstReadySql, types, limit)
    : get.all(JSON.stringify(seqs));
  const jobs: WaitingJob[] = [];
  const damaged: number[] = [];
  for (const row of rows) {
    const job = toJob(row, salt);
    if (job.state === "pending" || job.state === "failed") jobs.push(job);
    else damaged.push(job.seq);
  }
  // A join promises no order.
  return { jobs: few ? jobs : jobs.sort(compareClaimOrder), damaged };
}

/** Makes dead what is ready and no job that waits; says how many. */
function buryDamaged(
  statements: Statements,
  salt: number,
  seqs: readonly number[],
  now: Instant,
): number {
  // Read anew: a claim does not read all columns.
  const rows = statements.get.all(JSON.stringify(seqs.filter(isNumber)));
  let buried = 0;
  for (const row of rows) {
    if (writeDamaged(statements, bury(toJob(row, salt), now))) buried++;
  }
  if (rows.length === seqs.length) return buried;
  const fault = "its seq is beyond what an id can carry";
  return buried + statements.buryUnnumbered.run(now, JSON.stringify([damageFailure(fault, now)]));
}

function isNumber(seq: number): boolean {
  return seq > 0 && seq < SEQ_LIMIT;
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
  // Filled up with what no type is equal to, so that there are few statements to keep.
  const arms = 2 ** Math.ceil(Math.log2(types.length));
  const padding = Array<null>(arms - types.length).fill(null);
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
