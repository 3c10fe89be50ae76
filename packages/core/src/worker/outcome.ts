import type { JobDefinition } from "../definition/job-definition.ts";
import { SchemaRefused } from "../definition/parse.ts";
import { checkInteger } from "../job/check-integer.ts";
import { MAX_SPAN_MS } from "../job/backoff.ts";
import { complete } from "../job/complete.ts";
import { type FailedAttempt, fail } from "../job/fail.ts";
import type { Instant } from "../job/instant.ts";
import type { Job, RunningJob } from "../job/job.ts";
import { toJsonText } from "../job/json-text.ts";
import { dueAt } from "../job/new-job.ts";
import { ResultRefused } from "../job/outcome-error.ts";
import { snooze } from "../job/put-back.ts";
import { Fatal, RetryAfter, Snooze } from "../job/verdict.ts";

/** What becomes of a job whose handler returned `value`. */
export function returned(
  job: RunningJob,
  value: unknown,
  definition: JobDefinition | undefined,
  now: Instant,
): Job {
  try {
    return complete(job, resultText(value, definition), now);
  } catch (error) {
    const message = `the job ran, but its result cannot be stored: ${(error as Error).message}`;
    return fail(
      job,
      { kind: "result", thrown: new ResultRefused(message, { cause: error }), fatal: true },
      now,
    );
  }
}

/** The text of a result, or undefined where its type keeps none. */
export function resultText(
  value: unknown,
  definition: JobDefinition | undefined,
): string | undefined {
  return definition?.result === undefined ? undefined : toJsonText(value, "result");
}

/** What becomes of a job whose handler threw. */
export function threw(
  job: RunningJob,
  thrown: unknown,
  definition: JobDefinition | undefined,
  now: Instant,
): Job {
  if (thrown instanceof Snooze) return snooze(job, dueAt(thrown.until, now), now);
  return fail(job, failedAttempt(job, thrown, definition), now);
}

function failedAttempt(
  job: RunningJob,
  thrown: unknown,
  definition: JobDefinition | undefined,
): FailedAttempt {
  if (thrown instanceof Fatal || thrown instanceof SchemaRefused)
    return { kind: "error", thrown, fatal: true };
  if (thrown instanceof RetryAfter) return { kind: "error", thrown, delayMs: thrown.delayMs };
  if (typeof definition?.backoff !== "function") return { kind: "error", thrown };
  try {
    const delayMs = checkInteger(
      Math.round(definition.backoff(job.attempt, thrown)),
      "backoff(…)",
      0,
      MAX_SPAN_MS,
    );
    return { kind: "error", thrown, delayMs };
  } catch {
    // A backoff function that fails is no reason to lose the job: the stored backoff applies.
    return { kind: "error", thrown };
  }
}
