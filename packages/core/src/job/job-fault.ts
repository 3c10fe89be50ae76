import { checkBackoff } from "./backoff.ts";
import type { CarriedOver } from "./carried-over.ts";
import { isName } from "./check-name.ts";
import type { Failure } from "./failure.ts";
import { SEQ_LIMIT } from "./job-id.ts";
import { MAX_ATTEMPTS, MAX_INSTANT, MAX_PRIORITY, MAX_TIMEOUT_MS } from "./new-job.ts";
import { shown } from "./shown.ts";

/** What was read where a job should be stored; but for its id and number, anything may be in it. */
export type Remains = Pick<CarriedOver, "id" | "seq"> & {
  readonly [Name in Exclude<keyof CarriedOver, "id" | "seq"> | "state"]: unknown;
} & { readonly [Name in "ready" | "worker" | "finishedAt" | "result"]?: unknown };

/** Revisions are below this: beyond it not every number is one in JavaScript. */
export const REVISION_LIMIT = 2 ** 53;

let latestType: string | undefined;
let latestBackoff: unknown = Number.NaN;

/** What is wrong with a stored record; undefined where it is a job. */
export function jobFault(remains: Remains): string | undefined {
  const name = wrongIn(remains);
  return name && `its ${name} is ${told(remains[name])}`;
}

// Every job that is read passes here, so this costs some nanoseconds and no allocation.
function wrongIn(job: Remains): keyof Remains | undefined {
  if (!isWithin(job.seq, 1, SEQ_LIMIT - 1)) return "seq";
  if (!isType(job.type)) return "type";
  if (typeof job.payload !== "string") return "payload";
  if (!isWithin(job.priority, -MAX_PRIORITY, MAX_PRIORITY)) return "priority";
  if (!isInstant(job.runAt)) return "runAt";
  if (!isWithin(job.maxAttempts, 1, MAX_ATTEMPTS)) return "maxAttempts";
  if (!isWithin(job.attempt, 0, job.maxAttempts)) return "attempt";
  if (job.timeoutMs !== undefined && !isTimeout(job.timeoutMs)) return "timeoutMs";
  if (job.backoff !== undefined && !isBackoff(job.backoff)) return "backoff";
  if (job.uniqueKey !== undefined && !isName(job.uniqueKey)) return "uniqueKey";
  if (job.uniqueUntil !== "finished" && job.uniqueUntil !== "pruned") return "uniqueUntil";
  if (!isInstant(job.createdAt)) return "createdAt";
  if (!isWithin(job.revision, 1, REVISION_LIMIT - 2)) return "revision";
  if (job.claimedAt !== undefined && !isInstant(job.claimedAt)) return "claimedAt";
  if (!Array.isArray(job.failures) || !job.failures.every(isFailure)) return "failures";
  return wrongInState(job, job.attempt, job.maxAttempts);
}

function wrongInState(job: Remains, attempt: number, most: number): keyof Remains | undefined {
  switch (job.state) {
    case "pending":
    case "failed":
      if (typeof job.ready !== "boolean") return "ready";
      return attempt < most ? undefined : "attempt";
    case "running":
      if (job.ready !== undefined) return "ready";
      if (!isWorker(job.worker)) return "worker";
      if (job.claimedAt === undefined) return "claimedAt";
      return attempt > 0 ? undefined : "attempt";
    case "completed":
    case "dead":
    case "cancelled":
      if (job.ready !== undefined) return "ready";
      return isInstant(job.finishedAt) ? undefined : "finishedAt";
    default:
      return "state";
  }
}

export function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && value >= min && value <= max && Number.isInteger(value);
}

export function isInstant(value: unknown): value is number {
  return isWithin(value, 0, MAX_INSTANT);
}

export function isWorker(value: unknown): value is number {
  return isWithin(value, 1, Number.MAX_SAFE_INTEGER);
}

export function isTimeout(value: unknown): value is number {
  return isWithin(value, 1, MAX_TIMEOUT_MS);
}

export function isBackoff(value: unknown): boolean {
  if (value === latestBackoff) return true;
  try {
    if (Array.isArray(value)) return false;
    checkBackoff(value);
    // What is frozen stays what it was found to be.
    if (Object.isFrozen(value)) latestBackoff = value;
    return true;
  } catch {
    return false;
  }
}

export function isFailure(value: unknown): value is Failure {
  if (typeof value !== "object" || value === null) return false;
  const { attempt, at, kind, name, message, stack } = value as Partial<Failure>;
  const texts = [kind, name, message, stack ?? ""];
  return isWithin(attempt, 0, MAX_ATTEMPTS) && isInstant(at) && texts.every(isText);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

// Jobs that are read together are mostly of one type, and have one backoff.
function isType(value: unknown): boolean {
  if (value === latestType) return true;
  if (!isName(value)) return false;
  latestType = value;
  return true;
}

function told(value: unknown): string {
  if (value === undefined || value === null) return "missing";
  const long = typeof value === "string" && value.length > 40;
  return long ? `${shown(value)} (${value.length} characters)` : shown(value);
}
