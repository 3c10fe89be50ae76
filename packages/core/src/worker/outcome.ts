import type { JobDefinition } from "../definition/job-definition.ts";
import { ownBackoff } from "../definition/own-backoff.ts";
import { checkedText } from "../definition/checked-text.ts";
import { SchemaRefused } from "../definition/parse.ts";
import { complete } from "../job/complete.ts";
import { type FailedAttempt, fail } from "../job/fail.ts";
import { describeThrown } from "../job/failure.ts";
import { isA } from "../job/is-a.ts";
import type { Instant } from "../job/instant.ts";
import type { Job, RunningJob } from "../job/job.ts";
import type { JsonText } from "../job/json-text.ts";
import { dueAt } from "../job/new-job.ts";
import { ResultRefused } from "../job/outcome-error.ts";
import { snooze } from "../job/put-back.ts";
import { checkSnooze, Fatal, RetryAfter, Snooze } from "../job/verdict.ts";
import type { Awaitable } from "../store/store.ts";

/** What becomes of a job. */
export interface Outcome {
  readonly next: Job;
  /** What failed the attempt; absent where nothing did. */
  readonly error?: unknown;
}

/** What becomes of a job whose handler returned `value`. */
export function returned(
  job: RunningJob,
  value: unknown,
  definition: JobDefinition | undefined,
  now: Instant,
): Awaitable<Outcome> {
  const done = (text: JsonText | undefined) => ({ next: complete(job, text, now) });
  const refused = (cause: unknown) => {
    const message = `the job ran, but its result cannot be stored (${describeThrown(cause).message}); return JSON that fits its type`;
    const thrown = new ResultRefused(message, { cause });
    return failed(job, { kind: "result", thrown, fatal: true }, definition, now);
  };
  try {
    const text = resultText(value, definition);
    return text instanceof Promise ? text.then(done, refused) : done(text);
  } catch (cause) {
    return refused(cause);
  }
}

/** The text of a result that fits its type's schema, or undefined where the type keeps none. */
export function resultText(
  value: unknown,
  definition: JobDefinition | undefined,
): Awaitable<JsonText | undefined> {
  return definition?.result === undefined
    ? undefined
    : checkedText(value, definition.result, "result");
}

/** What becomes of a job whose handler threw. */
export function threw(
  job: RunningJob,
  thrown: unknown,
  definition: JobDefinition | undefined,
  now: Instant,
): Outcome {
  const fatal = isA(Fatal, thrown);
  let delayMs: number | undefined;
  try {
    if (isA(Snooze, thrown))
      return { next: snooze(job, dueAt(checkSnooze(thrown.until), now), now) };
    if (isA(RetryAfter, thrown)) delayMs = new RetryAfter(thrown.delayMs).delayMs;
  } catch {
    // Somebody has changed what it says: it fails the attempt like any error.
  }
  return failed(job, { kind: "error", thrown, fatal, delayMs }, definition, now);
}

/** What becomes of a job whose payload could not be read: trying again would not make it fit. */
export function misfit(
  job: RunningJob,
  thrown: unknown,
  definition: JobDefinition | undefined,
  now: Instant,
): Outcome {
  const fatal = isA(Fatal, thrown) || isA(SchemaRefused, thrown);
  return failed(job, { kind: "error", thrown, fatal }, definition, now);
}

/** What becomes of a job whose attempt failed. */
export function failed(
  job: RunningJob,
  attempt: FailedAttempt,
  definition: JobDefinition | undefined,
  now: Instant,
): Outcome {
  const delayMs = attempt.delayMs ?? ownBackoff(job, attempt.thrown, definition);
  return { next: fail(job, { ...attempt, delayMs }, now), error: attempt.thrown };
}
