import type { HistoryEvent } from "@turno/testkit";
import { KEY_TAKEN } from "../processes/calls.ts";
import { type Called, callsIn } from "./calls-in.ts";
import { type CallSpan, type KeyJob, keyOf, type Pruning, type Span } from "./key-job.ts";

/** Somebody was told that a job holds a key. */
export interface Naming extends Span {
  readonly by: string;
  readonly key: string;
  readonly holder: string;
  /** Whether it was a retry that was refused. */
  readonly isRetry: boolean;
}

/** All that a history tells of unique keys. */
export interface KeyHistory {
  readonly jobs: ReadonlyMap<string, KeyJob>;
  readonly prunings: readonly Pruning[];
  readonly namings: readonly Naming[];
  readonly calls: readonly Called[];
}

/** Puts a history, in the order of its instants, in order by the jobs that have unique keys. */
export function keyHistory(events: readonly HistoryEvent[]): KeyHistory {
  const calls = callsIn(events);
  const jobs = new Map(calls.flatMap((call) => [...addedBy(call)]).map((job) => [job.id, job]));
  noteRuns(jobs, events);
  noteChanges(jobs, calls);
  const namings = calls.flatMap((call) => [...namedBy(call, jobs)]);
  return { jobs, calls, namings, prunings: pruningsIn(calls, jobs) };
}

function* addedBy({ does, answer, from, to }: Called): Generator<KeyJob> {
  if (does.name !== "enqueue" || answer?.kind !== "ok") return;
  for (const [index, job] of does.jobs.entries()) {
    const as = answer.enqueued?.[index];
    if (as?.added !== true || job.uniqueKey === undefined) continue;
    const isUntilPruned = job.uniqueUntil === "pruned";
    const none = { ends: [], tells: [], cancels: [], retries: [] };
    yield { id: as.id, key: keyOf(job), isUntilPruned, added: { from, to }, ...none };
  }
}

function* namedBy(
  { does, answer, from, to, by }: Called,
  jobs: ReadonlyMap<string, KeyJob>,
): Generator<Naming> {
  if (does.name === "enqueue" && answer?.kind === "ok")
    for (const [index, job] of does.jobs.entries()) {
      const as = answer.enqueued?.[index];
      if (as?.added === false)
        yield { by, from, to, key: keyOf(job), holder: as.id, isRetry: false };
    }
  if (does.name !== "retry" || answer?.kind !== "fail") return;
  if (!answer.error.startsWith(KEY_TAKEN)) return;
  const key = jobs.get(does.id)?.key ?? "of a job that nobody added";
  yield { by, from, to, key, holder: answer.error.slice(KEY_TAKEN.length), isRetry: true };
}

function noteRuns(jobs: ReadonlyMap<string, KeyJob>, events: readonly HistoryEvent[]): void {
  const idOf = new Map<string, string>();
  for (const event of events) {
    if (event.kind === "start") idOf.set(event.run, event.id);
    if (event.kind === "end" && (event.how === "returned" || event.how === "fatal"))
      jobs.get(idOf.get(event.run) ?? "")?.ends.push(event.at);
    if (event.kind === "told" && (event.event === "completed" || event.event === "dead"))
      jobs.get(event.id)?.tells.push(event.at);
  }
}

function noteChanges(jobs: ReadonlyMap<string, KeyJob>, calls: readonly Called[]): void {
  for (const call of calls) {
    const { does } = call;
    if (does.name === "cancel") jobs.get(does.id)?.cancels.push(spanOf(call));
    if (does.name === "retry") jobs.get(does.id)?.retries.push(spanOf(call));
  }
}

function pruningsIn(calls: readonly Called[], jobs: ReadonlyMap<string, KeyJob>): Pruning[] {
  const added = [...jobs.values()].map((job) => job.added).sort((a, b) => a.to - b.to);
  const prunings = calls.filter(({ does }) => does.name === "prune").map(spanOf);
  let newestFrom = Number.NEGATIVE_INFINITY;
  let next = 0;
  return prunings.map((pruning) => {
    for (; next < added.length; next++) {
      const span = added[next];
      if (span === undefined || span.to > pruning.from) break;
      newestFrom = Math.max(newestFrom, span.from);
    }
    return { ...pruning, newestFrom };
  });
}

function spanOf({ from, to, answer }: Called): CallSpan {
  if (answer?.kind === "ok") return { from, to, did: answer.did };
  return { from, to, did: answer?.kind === "fail" ? false : undefined };
}
