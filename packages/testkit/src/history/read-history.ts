import type { HistoryEvent } from "./event.ts";
import type { Evidence } from "./evidence.ts";
import type { History } from "./history.ts";
import { HistoryReader } from "./history-reader.ts";
import type { JobHistory } from "./job-history.ts";
import { standstillsOf } from "./standstills.ts";

/** Puts evidence in order; throws where an event speaks of a call or a run that never began. */
export function readHistory({ events, jobs, rows, terms }: Evidence): History {
  const reader = new HistoryReader();
  const sorted = inOrder(events);
  for (const event of sorted) reader.read(event);
  for (const job of jobs) reader.job(job.id).final = job;
  for (const job of reader.jobs.values()) presume(job, reader.handIns);
  const { processes, handIns, runs, calls, sightings, jumpedMs } = reader;
  return {
    terms,
    startedAt: sorted[0]?.at ?? 0,
    endedAt: sorted.at(-1)?.at ?? 0,
    jobs: reader.jobs,
    processes,
    runs,
    calls,
    handIns,
    sightings,
    finalJobs: jobs,
    rows,
    standstills: standstillsOf(processes, reader.writtenAt),
    hasTimeouts: calls.some(
      ({ does }) => does.name === "enqueue" && does.jobs.some((job) => job.timeoutMs !== undefined),
    ),
    jumpedMs,
  };
}

/** Most histories are in order already; those of several files are not. */
function inOrder(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  let last = Number.NEGATIVE_INFINITY;
  for (const { at } of events) {
    if (at < last) return events.toSorted((a, b) => a.at - b.at);
    last = at;
  }
  return events;
}

/**
 * An unanswered call may have stored what it handed in, and so may one that was told that the key was taken: by itself, when
 * it had to be sent again. Payloads tell which job is which.
 */
function presume(job: JobHistory, handIns: History["handIns"]): void {
  if (job.handIn !== undefined || job.payload === undefined) return;
  job.presumed = handIns
    .get(job.payload)
    ?.find(({ as, call }) => as?.added !== true && !call.isRefused);
}
