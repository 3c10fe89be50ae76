import type { History } from "./history.ts";
import type { JobHistory } from "./job-history.ts";
import type { ProcessHistory } from "./process-history.ts";
import type { Span } from "./span.ts";
import { SLACK_MS } from "./slack.ts";

/** Whether the process may have lost, by `by`, what it has held since `from`: it ended, was silent, or its store had trouble. */
export function mayHaveLost(
  history: History,
  process: ProcessHistory,
  from: number,
  by: number,
): boolean {
  const { leaseMs } = process;
  return (
    process.lostAt <= by + SLACK_MS ||
    wasSilent(history, process, from, by) ||
    // What was refused or lost on the way is told when somebody has given up waiting for it.
    process.hadTroubleBetween(from - leaseMs, by + leaseMs)
  );
}

/**
 * Whether the process was silent for a lease by `by`, and may have lost thereby what it has held since `from`, by a silence
 * that began when `mayBegin` says.
 */
export function wasSilent(
  history: History,
  process: ProcessHistory,
  from: number,
  by: number,
  mayBegin: (at: number) => boolean = () => true,
): boolean {
  const { leaseMs, silentMs } = process;
  return silencesOf(history, process).some(
    (silence) =>
      silence.to - silence.from >= silentMs &&
      silence.from + silentMs <= by &&
      // One that was over long before has been noticed by the process itself.
      silence.to >= from - leaseMs &&
      mayBegin(silence.from),
  );
}

/**
 * How many processes may have been lost, by `by`, that had claimed the job for this attempt or a later one and never called
 * its handler; infinite where one may have lost it in another way.
 */
export function unstartedLosses(
  history: History,
  job: JobHistory,
  attempt: number,
  by: number,
): number {
  const from = claimableFrom(history, job, attempt) - SLACK_MS;
  let losses = 0;
  for (const process of history.processes.values()) {
    const { lostAt, leaseMs, works } = process;
    if (works.length === 0) continue;
    if (wasSilent(history, process, from, by)) return Number.POSITIVE_INFINITY;
    if (process.hadTroubleBetween(from - leaseMs, by + leaseMs)) return Number.POSITIVE_INFINITY;
    if (lostAt < from || lostAt > by + SLACK_MS) continue;
    const hadAnother = job.runs.some(
      (run) =>
        run.process === process &&
        run.attempt !== attempt &&
        run.cutAt !== Number.POSITIVE_INFINITY,
    );
    if (!hadAnother) losses++;
  }
  return losses;
}

/** Before this instant nobody can have claimed the job for that attempt. */
function claimableFrom(history: History, job: JobHistory, attempt: number): number {
  let from = job.handIn?.call.invokedAt ?? Number.NEGATIVE_INFINITY;
  if (job.mayHaveBeenRetried) return from;
  for (const run of job.runs) {
    const { attempt: earlier, startedAt, process } = run;
    // What a process had lost before it started it says nothing of when others claimed it.
    if (earlier < attempt && !mayHaveLost(history, process, startedAt, startedAt))
      from = Math.max(from, startedAt);
  }
  return from;
}

/** While it may not have beaten. */
function silencesOf({ standstills, hasTimeouts }: History, process: ProcessHistory): Span[] {
  const { frozen, blocks, beatsByTimer, leaseMs } = process;
  if (!beatsByTimer && !hasTimeouts) return [...frozen, ...standstills];
  // A process that is still held up a lease after a handler's time was over is silent on purpose.
  // The kernel's lock is let go with that, so others notice at their next look.
  const afterMs = beatsByTimer ? 0 : leaseMs - process.silentMs;
  const silent = blocks.map(({ from, to }) => ({ from: from + afterMs, to }));
  return [...frozen, ...standstills, ...silent];
}
