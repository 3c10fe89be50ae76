import {
  type ClaimRequest,
  claimPicker,
  compareClaimOrder,
  DUE_PER_CLAIM,
  type Instant,
  type RunningJob,
  start,
} from "@turno/core";
import { candidatesSql } from "./claim-sql.ts";
import { type Candidate, toCandidate, toWaitingJob } from "./job-row.ts";
import type { Statements } from "./statements.ts";

/** What a claim started; undefined where its worker is not known. Takes place under the write lock. */
export function claimJobs(
  statements: Statements,
  salt: number,
  { worker, types, ...limits }: ClaimRequest,
  now: Instant,
): RunningJob[] | undefined {
  const outset = statements.outset.get(worker, now);
  if (outset?.["known"] !== 1) return undefined;
  if (outset["due"] === 1) statements.makeDueReady.run(now, DUE_PER_CLAIM);
  const paused = new Set<unknown>(JSON.parse(String(outset["paused"])));
  const verdictOn = claimPicker(limits);
  const claimed: RunningJob[] = [];
  let open = readyTypes(statements, types).filter((type) => !paused.has(type));
  while (open.length > 0 && claimed.length < limits.limit) {
    const wanted = Math.min(limits.limit - claimed.length, MOST_AT_ONCE);
    const candidates = firstReady(statements, open, wanted);
    const { taken, enough, stopped } = pick(candidates, verdictOn);
    claimed.push(...startAll(statements, salt, taken, worker, now));
    if (stopped || candidates.length < wanted) break;
    open = open.filter((type) => !enough.has(type));
  }
  return claimed;
}

/** A claim looks at this many jobs at once, at the most. */
const MOST_AT_ONCE = 1_000;

/** From so many types on it pays to ask first which of them have ready jobs at all. */
const MANY_TYPES = 8;

/** The types to look for, each once; those that have no ready job may be left out. */
function readyTypes(
  { readyTypes, readyAmong }: Statements,
  types: readonly string[] | undefined,
): readonly string[] {
  const wanted = types && [...new Set(types)];
  if (wanted !== undefined && wanted.length < MANY_TYPES) return wanted;
  const rows = wanted === undefined ? readyTypes.all() : readyAmong.all(JSON.stringify(wanted));
  return rows.map(({ type }) => String(type));
}

/** The first ready jobs of the types, in claim order. */
function firstReady(
  statements: Statements,
  types: readonly string[],
  limit: number,
): readonly Candidate[] {
  const { mostArms } = statements;
  if (types.length <= mostArms) return firstReadyOfFew(statements, types, limit);
  const candidates: Candidate[] = [];
  for (let from = 0; from < types.length; from += mostArms) {
    candidates.push(...firstReadyOfFew(statements, types.slice(from, from + mostArms), limit));
  }
  return candidates.sort(compareClaimOrder).slice(0, limit);
}

function firstReadyOfFew({ of, tables }: Statements, types: readonly string[], limit: number) {
  // Filled up with a type that no job has, so that there are few statements to keep.
  const arms = 2 ** Math.ceil(Math.log2(types.length));
  const padding = Array<string>(arms - types.length).fill("");
  return of(candidatesSql(tables, arms))
    .all(...types, ...padding, limit)
    .map(toCandidate);
}

/** What the claim takes of the candidates, the types it has enough of, and whether it stops there. */
function pick(candidates: readonly Candidate[], verdictOn: ReturnType<typeof claimPicker>) {
  const taken: number[] = [];
  const enough = new Set<string>();
  for (const candidate of candidates) {
    if (enough.has(candidate.type)) continue;
    const verdict = verdictOn(candidate);
    if (verdict === "stop") return { taken, enough, stopped: true };
    if (verdict === "take") taken.push(candidate.seq);
    else enough.add(candidate.type);
  }
  return { taken, enough, stopped: false };
}

function startAll(
  statements: Statements,
  salt: number,
  seqs: readonly number[],
  worker: number,
  now: Instant,
): RunningJob[] {
  if (seqs.length === 0) return [];
  const list = JSON.stringify(seqs);
  const jobs = statements.get.all(list).map((row) => toWaitingJob(row, salt));
  statements.start.run(worker, now, list);
  // A join promises no order.
  return jobs.sort(compareClaimOrder).map((job) => start(job, worker, now));
}
