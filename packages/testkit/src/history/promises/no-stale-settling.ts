import { described, time } from "../describe.ts";
import type { History } from "../history.ts";
import type { JobHistory, ToldEvent } from "../job-history.ts";

const SETTLES = new Set(["completed", "failed", "dead", "abandoned", "abandoned dead"]);

/** Each attempt is settled once, and the result that is kept is of the last run, which nobody has overtaken. */
export function* noStaleSettling(history: History): Generator<string> {
  for (const job of history.jobs.values()) {
    yield* eachAttemptOnce(history, job);
    yield* resultOfTheLast(history, job);
  }
}

function* eachAttemptOnce(history: History, job: JobHistory): Generator<string> {
  if (job.tells.length < 2) return;
  const settled = new Map<number, ToldEvent[]>();
  for (const tell of job.tells) {
    const { event, attempt, at } = tell;
    if (!SETTLES.has(event) || attempt === undefined) continue;
    const tells = settled.get(attempt) ?? [];
    settled.set(attempt, tells);
    if (tells.push(tell) <= job.livesBefore(at)) continue;
    const all = tells.map((one) => `${one.event} by ${one.process} at ${time(history, one.at)}`);
    yield `attempt ${attempt} of job ${job.id} was settled more than once: ${all.join(", ")}`;
  }
}

function* resultOfTheLast(history: History, job: JobHistory): Generator<string> {
  const { final, id, runs } = job;
  if (final?.state !== "completed" || final.run === undefined) return;
  const run = history.runs.get(final.run);
  if (run === undefined || run.id !== id) return;
  const kept = `job ${id} keeps the result of ${described(history, run)}`;
  if (run.attempt !== final.attempt) {
    yield `${kept}, though its last attempt was ${final.attempt}`;
    return;
  }
  const last = runs.findLast(({ attempt }) => attempt === final.attempt);
  if (last !== undefined && last !== run && !job.mayHaveBeenRetried)
    yield `${kept}, though its last run was ${described(history, last)}`;
  for (const { answer, invokedAt } of job.retries)
    if (answer?.kind === "ok" && answer.did === true && run.startedAt < invokedAt)
      yield `${kept}, though it was retried at ${time(history, invokedAt)}`;
}
