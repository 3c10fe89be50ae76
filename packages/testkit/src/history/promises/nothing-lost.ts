import { described, time } from "../describe.ts";
import { earliestFinish, isFinished, knownFinish } from "../finish.ts";
import type { History } from "../history.ts";
import type { JobHistory } from "../job-history.ts";
import type { Run } from "../run.ts";
import { SLACK_MS } from "../slack.ts";

/** No job that was acknowledged, or is known to have been stored, is lost, left behind or finished without having run. */
export function* nothingLost(history: History): Generator<string> {
  for (const job of history.jobs.values()) {
    if (job.storedAt === Number.POSITIVE_INFINITY && job.final === undefined) continue;
    yield* isThere(history, job);
    yield* isCompletedByRun(history, job);
    yield* isCancelledBySomebody(history, job);
  }
  yield* callsAreWhole(history);
}

function* isThere(history: History, job: JobHistory): Generator<string> {
  const { final, id } = job;
  const { finished = true, retentionMs } = history.terms;
  if (final !== undefined && isFinished(final)) return;
  const known = `job ${id}, stored by ${time(history, job.storedAt)},`;
  if (final === undefined) {
    if (retentionMs === undefined) yield `${known} is not there in the end`;
    else if (earliestFinish(history, job) === Number.POSITIVE_INFINITY)
      yield `${known} is not there in the end, though nothing can have finished it`;
  } else if (finished) {
    yield `${known} is ${final.state} in the end, after attempt ${final.attempt}`;
  } else if (!job.mayHaveBeenRetried) {
    const at = knownFinish(job);
    if (at < Number.POSITIVE_INFINITY)
      yield `${known} is ${final.state} in the end, though it was finished at ${time(history, at)}`;
  }
}

function* isCompletedByRun(history: History, job: JobHistory): Generator<string> {
  const { final, id, runs } = job;
  for (const tell of job.tells) {
    if (tell.event !== "completed") continue;
    if (!runs.some((run) => run.attempt === tell.attempt && run.process.name === tell.process))
      yield `job ${id} was completed by ${tell.process} at ${time(history, tell.at)}, which had not run attempt ${tell.attempt}`;
  }
  if (final?.state !== "completed") return;
  if (final.run === undefined) {
    if (!runs.some((run) => mayComplete(history, run)))
      yield `job ${id} is completed, though no run of it came to its end`;
    return;
  }
  const run = history.runs.get(final.run);
  if (run === undefined || run.id !== id)
    yield `job ${id} is completed by run ${final.run}, which is none of its runs`;
  else if (!mayComplete(history, run))
    yield `job ${id} is completed by ${described(history, run)}, which did not return`;
}

function mayComplete({ terms }: History, run: Run): boolean {
  const { end, type, process, startedAt, endedAt } = run;
  if (end?.how === "returned" || terms.transactional?.includes(type) === true) return true;
  if (end === undefined) return process.endedAt < Number.POSITIVE_INFINITY;
  // Whoever settles by hand and does not hear the answer may have done it all the same.
  return process.hadTroubleBetween(startedAt, endedAt + SLACK_MS);
}

function* isCancelledBySomebody(history: History, job: JobHistory): Generator<string> {
  const cancelled = job.seen.find((seen) => seen.job.state === "cancelled");
  const isFinal = job.final?.state === "cancelled";
  if (cancelled === undefined && !isFinal) return;
  const at = cancelled?.at ?? Number.POSITIVE_INFINITY;
  if (!job.mayBeCancelledBefore(at))
    yield `job ${job.id} ${cancelled ? `was cancelled by ${time(history, at)}` : "is cancelled"}, though nobody had cancelled it`;
}

/** A call that was not answered has handed in all of its jobs or none. */
function* callsAreWhole(history: History): Generator<string> {
  const { jobs, terms, calls, handIns } = history;
  if (terms.retentionMs !== undefined) return;
  const stored = new Set<string>();
  for (const job of jobs.values()) {
    const payload = job.origin?.job.payload ?? job.payload;
    if (payload !== undefined) stored.add(payload);
    else if (job.final !== undefined) return;
  }
  for (const { does, isAcknowledged, isRefused, invokedAt, process } of calls) {
    if (does.name !== "enqueue" || isAcknowledged || isRefused || does.jobs.length < 2) continue;
    // What holds a unique key already is not stored twice, and what is handed in twice may be another call's.
    const own = does.jobs.filter(
      ({ uniqueKey, payload }) => uniqueKey === undefined && handIns.get(payload)?.length === 1,
    );
    const there = own.filter(({ payload }) => stored.has(payload));
    if (there.length === 0 || there.length === own.length) continue;
    const missing = own.find(({ payload }) => !stored.has(payload));
    yield `${process} handed in ${own.length} jobs at ${time(history, invokedAt)} in one call that was not answered, and ${there.length} of them were stored: not ${missing?.payload}`;
  }
}
