import type { History } from "./history.ts";
import type { JobHistory } from "./job-history.ts";
import { mayHaveLost, unstartedLosses } from "./loss.ts";
import type { Run } from "./run.ts";

const FINISHED = new Set(["completed", "dead", "cancelled"]);

export function isFinished({ state }: { readonly state: string }): boolean {
  return FINISHED.has(state);
}

/** Whether what was told means that the job is finished. */
export function tellsFinish({ event }: { readonly event: string }): boolean {
  return event === "completed" || event === "dead" || event === "abandoned dead";
}

/** Before this instant the job cannot have been finished; infinite where nothing can have finished it. */
export function earliestFinish(history: History, job: JobHistory): number {
  const found = [
    ...job.runs.map((run) => earliestBy(history, job, run)),
    ...job.cancels.map(({ mayBeDone, invokedAt }) => (mayBeDone ? invokedAt : never)),
    job.tells.find(tellsFinish)?.at ?? never,
    job.seen.find((seen) => isFinished(seen.job))?.at ?? never,
  ];
  const earliest = Math.min(...found);
  if (earliest < never || !mayHaveDiedUnseen(history, job, history.endedAt)) return earliest;
  return job.storedAt;
}

/** Whether the job may have lost all of its attempts by `by` in processes that had not even called its handler. */
export function mayHaveDiedUnseen(history: History, job: JobHistory, by: number): boolean {
  const { runs, maxAttempts = never } = job;
  const known = new Set(
    runs.flatMap(({ attempt, startedAt }) => (startedAt <= by ? [attempt] : [])),
  );
  const unknown = maxAttempts - known.size;
  return unknown > 0 && unknown <= unstartedLosses(history, job, 1, by);
}

function earliestBy(history: History, { maxAttempts = 1 }: JobHistory, run: Run): number {
  const { terms } = history;
  // Whoever completes a job in a transaction of his own has done so before his handler ends.
  if (terms.transactional?.includes(run.type) === true) return run.startedAt;
  const { end, abort, attempt, process, startedAt, endedAt } = run;
  // Settled by hand, it may have been finished before that was heard.
  if (process.hadTroubleBetween(startedAt, endedAt)) return startedAt;
  // On its last attempt it is dead as soon as others give its process up, however long the handler goes on.
  const isTaken = abort !== undefined || mayHaveLost(history, process, startedAt, endedAt);
  if (attempt >= maxAttempts) return isTaken ? startedAt : (end?.at ?? startedAt);
  return end?.how === "returned" || end?.how === "fatal" ? endedAt : never;
}

/** From this instant on the job was certainly finished, unless it was retried; infinite where nobody knows. */
export function knownFinish(job: JobHistory): number {
  return Math.min(
    ...job.cancels.map(({ isAcknowledged, answeredAt }) => (isAcknowledged ? answeredAt : never)),
    job.tells.find(tellsFinish)?.at ?? never,
    job.seen.find((seen) => isFinished(seen.job))?.at ?? never,
  );
}

const never = Number.POSITIVE_INFINITY;
