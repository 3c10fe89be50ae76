import { described, time } from "../describe.ts";
import { isFinished, knownFinish, tellsFinish } from "../finish.ts";
import type { History } from "../history.ts";
import type { JobHistory, Seen, ToldEvent } from "../job-history.ts";
import type { ProcessHistory } from "../process-history.ts";
import { coveredMs } from "../span.ts";
import { SLACK_MS } from "../slack.ts";

/** What is finished stays as it is, until somebody retries it; and what was stored once is not taken back. */
export function* finishedStays(history: History): Generator<string> {
  for (const job of history.jobs.values()) {
    yield* sightingsAgree(history, job);
    yield* tellsAgree(history, job);
    yield* nothingAfterFinish(history, job);
  }
}

/** Revisions tell the order of what was seen, whoever saw it. */
function* sightingsAgree(history: History, job: JobHistory): Generator<string> {
  const { final, seen } = job;
  const last = final && { job: final, at: Number.POSITIVE_INFINITY, by: "the end" };
  const all = last === undefined ? seen : [...seen, last];
  const name = (one: Seen) =>
    `${one.job.state} (attempt ${one.job.attempt}, revision ${one.job.revision}) ${one === last ? "in the end" : `at ${time(history, one.at)}`}`;
  let newest: Seen | undefined;
  for (const one of all) {
    const before = newest;
    if (before === undefined || one.job.revision > before.job.revision) newest = one;
    if (before === undefined) continue;
    const { revision } = before.job;
    const both = `job ${job.id} was seen ${name(before)}, and then ${name(one)}`;
    if (one.job.revision < revision) {
      // Two who read at once may write down in any order what they have read.
      const isLater = one.by === before.by || one === last || one.at > before.at + READING_MS;
      if (isLater) yield `${both}, which is older`;
    } else if (one.job.revision === revision) {
      const isSame = one.job.state === before.job.state && one.job.attempt === before.job.attempt;
      if (!isSame || one.job.run !== before.job.run) yield `${both}, which is not the same`;
    } else if (isFinished(before.job) && job.livesBefore(one.at) === 1) {
      yield `${both}, though nobody had retried it`;
    }
  }
}

/** Reading all of a large store takes a while. */
const READING_MS = 1_000;

function* tellsAgree(history: History, job: JobHistory): Generator<string> {
  const finishes = job.tells.filter(tellsFinish);
  const name = ({ event, attempt, process, at }: ToldEvent) =>
    `${event} (attempt ${attempt}) by ${process} at ${time(history, at)}`;
  for (const [index, tell] of finishes.entries())
    if (index + 1 > job.livesBefore(tell.at))
      yield `job ${job.id} was finished more than once: ${finishes.map(name).join(", ")}`;
  const [finish] = finishes;
  if (finish === undefined || job.mayHaveBeenRetried) return;
  const state = finish.event === "completed" ? "completed" : "dead";
  for (const one of [...job.seen.map((seen) => seen.job), job.final]) {
    if (one === undefined || !isFinished(one)) continue;
    if (one.state !== state || one.attempt !== finish.attempt)
      yield `job ${job.id} was told ${name(finish)}, and is ${one.state} (attempt ${one.attempt})`;
  }
}

function* nothingAfterFinish(history: History, job: JobHistory): Generator<string> {
  if (job.mayHaveBeenRetried) return;
  const at = knownFinish(job);
  if (at === Number.POSITIVE_INFINITY) return;
  const finished = `job ${job.id} was finished by ${time(history, at)}`;
  const attempt = job.tells.find(tellsFinish)?.attempt ?? Number.POSITIVE_INFINITY;
  for (const run of job.runs) {
    const { process, startedAt } = run;
    const isAnother = run.attempt > attempt;
    // What was claimed before may be started until its worker hears of it, unless that cannot hear.
    const canHear = at + process.leaseMs + SLACK_MS;
    const isLate =
      startedAt > canHear && !isHeldUp(history, process, at - process.leaseMs, startedAt);
    if (isAnother || isLate) yield `${finished}, and then run: ${described(history, run)}`;
  }
  for (const tell of job.tells)
    if (tell.attempt !== undefined && tell.attempt > attempt)
      yield `${finished}, and then ${tell.event} (attempt ${tell.attempt}) by ${tell.process} at ${time(history, tell.at)}`;
  for (const seen of job.seen) {
    if (isFinished(seen.job)) continue;
    if (seen.job.attempt > attempt || seen.at > at + READING_MS)
      yield `${finished}, and seen ${seen.job.state} (attempt ${seen.job.attempt}) at ${time(history, seen.at)}`;
  }
}

/** Whether the process may not have heard, for some of the time, what became of its jobs. */
function isHeldUp(history: History, process: ProcessHistory, from: number, to: number): boolean {
  return (
    coveredMs(process.idle, from, to) > 0 ||
    coveredMs(history.standstills, from, to) > 0 ||
    process.hadTroubleBetween(from, to)
  );
}
