import { described, time } from "../describe.ts";
import type { History } from "../history.ts";
import type { JobHistory } from "../job-history.ts";
import { mayHaveLost, unstartedLosses } from "../loss.ts";
import type { Run } from "../run.ts";
import { SLACK_MS } from "../slack.ts";
import { gaveBack, leftUnsettled, mayBeOutOfTime } from "../run-end.ts";

/**
 * A job is dead only if its handler said so, or if each of its attempts came to a bad end: thrown, out of time, or lost with
 * its process. And no attempt is failed whose handler returned in time.
 */
export function* noInnocentDead(history: History): Generator<string> {
  for (const job of history.jobs.values()) {
    yield* failedWithCause(history, job);
    const death = deathOf(history, job);
    if (death === undefined) continue;
    const { attempt, at } = death;
    const dead = `job ${job.id}, dead by ${time(history, at)} with attempt ${attempt},`;
    if (job.runs.some((run) => run.attempt === attempt && run.end?.how === "fatal")) continue;
    const { maxAttempts = attempt } = job;
    if (attempt < maxAttempts) yield `${dead} had ${maxAttempts} attempts, and none was fatal`;
    for (let one = 1; one <= attempt; one++) {
      // What was started after the death had been claimed before it, and says nothing of its cause.
      const runs = job.runs.filter((run) => run.attempt === one && run.startedAt <= at + SLACK_MS);
      if (runs.some((run) => endedBadly(history, job, run, at))) continue;
      const isHolderKnown =
        !job.mayHaveBeenRetried && runs.some((run) => !gaveBack(run, job.tells));
      if (!isHolderKnown && unstartedLosses(history, job, one, at) > 0) continue;
      const all = runs.map((run) => described(history, run)).join(", ");
      yield `${dead} had nothing wrong with attempt ${one}: ${all || "it was not run, and no process was lost"}`;
    }
  }
}

/** What is known of a job's death: by when, and with which attempt. */
function deathOf(history: History, job: JobHistory) {
  const tell = job.tells.find(({ event }) => event === "dead" || event === "abandoned dead");
  if (tell?.attempt !== undefined) return { attempt: tell.attempt, at: tell.at };
  const seen = job.seen.find((one) => one.job.state === "dead");
  if (seen !== undefined) return { attempt: seen.job.attempt, at: seen.at };
  if (job.final?.state !== "dead") return undefined;
  return { attempt: job.final.attempt, at: history.endedAt };
}

/** What a worker tells to have failed has not just returned. */
function* failedWithCause(history: History, job: JobHistory): Generator<string> {
  for (const { event, process, attempt, at } of job.tells) {
    if (event !== "failed" && event !== "dead") continue;
    const runs = job.runs.filter(
      (run) => run.process.name === process && run.attempt === attempt && run.startedAt <= at,
    );
    const [run] = runs;
    if (run === undefined || runs.some((one) => one.end?.how !== "returned")) continue;
    if (!runs.some((one) => mayBeOutOfTime(job, one) || mayBeStopped(one)))
      yield `attempt ${attempt} of job ${job.id} was ${event} at ${time(history, at)}, though ${described(history, run)}`;
  }
}

function endedBadly(history: History, job: JobHistory, run: Run, by: number): boolean {
  return (
    run.end?.how === "threw" ||
    mayBeOutOfTime(job, run) ||
    mayBeStopped(run) ||
    leftUnsettled(run, by) ||
    mayHaveLost(history, run.process, run.startedAt, by)
  );
}

/** How long a worker that stops may take to store its last results and to leave. */
const LEAVING_MS = 3_500;

/** Whether the run may have been failed because its worker stopped; a handler that never looks at its signal does not know. */
function mayBeStopped({ process, endedAt }: Run): boolean {
  // One that was asked to stop may have been killed while it did.
  return process.stoppedAt <= endedAt + LEAVING_MS || process.askedAt <= endedAt;
}
