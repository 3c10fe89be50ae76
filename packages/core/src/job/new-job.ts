import { type Backoff, checkBackoff, MAX_SPAN_MS } from "./backoff.ts";
import { checkInteger } from "./check-integer.ts";
import { checkName } from "./check-name.ts";
import { checkOptionNames } from "./check-option-names.ts";
import type { Instant } from "./instant.ts";
import type { NewJob, UniqueUntil } from "./job.ts";
import type { JsonText } from "./json-text.ts";
import { isA } from "./is-a.ts";
import { readOnce } from "./read-once.ts";
import { shown } from "./shown.ts";

/** What a type may set for all its jobs, and a job for itself. */
export interface JobSettings {
  /** Higher runs first: an integer from −1,000,000 to 1,000,000. Default: 0. */
  readonly priority?: number | undefined;
  /** Attempts in all, 1 to 1,000,000. Default: 25. */
  readonly maxAttempts?: number | undefined;
  /** How long a handler may take from its start, 1 to 2,147,483,647 ms. Default: as long as it wants. */
  readonly timeoutMs?: number | undefined;
  /** How long a job waits after a failed attempt. Default: `attempt⁴ + 1` seconds ± 10 %, at most 24 hours. */
  readonly backoff?: Backoff | undefined;
}

/** What one job may set for itself; `runAt` and `delayMs` exclude each other. */
export type EnqueueOptions = OwnSettings & (RunAt | Delay);

interface RunAt {
  /** Not before this instant: milliseconds since the epoch, or a Date. Default: at once. */
  readonly runAt?: number | Date | undefined;
  readonly delayMs?: undefined;
}

interface Delay {
  /** Not before so many milliseconds from now. */
  readonly delayMs?: number | undefined;
  readonly runAt?: undefined;
}

interface OwnSettings extends JobSettings {
  /** At most one job of its type holds this key: 1 to 255 UTF-16 code units. */
  readonly uniqueKey?: string | undefined;
  /** When the key is free again: when the job is `finished` (the default), or when it is `pruned`. */
  readonly uniqueUntil?: UniqueUntil | undefined;
}

/** The latest instant that a Date can hold. */
export const MAX_INSTANT = 8.64e15;

const DEFAULT_MAX_ATTEMPTS = 25;
export const MAX_PRIORITY = 1_000_000;
export const MAX_ATTEMPTS = 1_000_000;
export const MAX_TIMEOUT_MS = 2 ** 31 - 1;

const SETTINGS = ["priority", "maxAttempts", "timeoutMs", "backoff"];
const OPTIONS = new Set([...SETTINGS, "runAt", "delayMs", "uniqueKey", "uniqueUntil"]);

/** Checks a job that somebody wants and fills in its defaults; throws an error that names the offending value. */
export function newJob(
  type: string,
  payload: JsonText,
  given: EnqueueOptions,
  settings: JobSettings,
  now: Instant,
): NewJob {
  const options = checkOptionNames(given, OPTIONS);
  const runAt = dueAt(options, now);
  return {
    type,
    payload,
    ...checkSettings({
      priority: options.priority ?? settings.priority,
      maxAttempts: options.maxAttempts ?? settings.maxAttempts,
      timeoutMs: options.timeoutMs ?? settings.timeoutMs,
      backoff: options.backoff ?? settings.backoff,
    }),
    runAt,
    ready: runAt <= now,
    uniqueKey:
      options.uniqueKey === undefined ? undefined : checkName(options.uniqueKey, "uniqueKey"),
    uniqueUntil: checkUniqueUntil(options.uniqueUntil ?? "finished"),
    createdAt: now,
  };
}

/** Checks settings and fills in the defaults of those that are absent. */
export function checkSettings({
  priority,
  maxAttempts,
  timeoutMs,
  backoff,
}: JobSettings): Pick<NewJob, "priority" | "maxAttempts" | "timeoutMs" | "backoff"> {
  return {
    priority: checkInteger(priority ?? 0, "priority", -MAX_PRIORITY, MAX_PRIORITY),
    maxAttempts: checkInteger(maxAttempts ?? DEFAULT_MAX_ATTEMPTS, "maxAttempts", 1, MAX_ATTEMPTS),
    timeoutMs:
      timeoutMs === undefined ? undefined : checkInteger(timeoutMs, "timeoutMs", 1, MAX_TIMEOUT_MS),
    backoff: backoff === undefined ? undefined : checkBackoff(backoff),
  };
}

/** The instant that `runAt` or `delayMs` asks for, `now` where neither does. */
export function dueAt(
  { runAt, delayMs }: Pick<EnqueueOptions, "runAt" | "delayMs">,
  now: Instant,
): Instant {
  if (runAt !== undefined && delayMs !== undefined) {
    throw new TypeError("runAt and delayMs exclude each other: give one of them");
  }
  if (delayMs !== undefined)
    return Math.min(MAX_INSTANT, now + checkInteger(delayMs, "delayMs", 0, MAX_SPAN_MS));
  return runAt === undefined ? now : checkInstant(runAt, "runAt");
}

/** Returns the instant that a number or a Date stands for; throws where it stands for none. */
export function checkInstant(value: number | Date, name: string): Instant {
  const ms = isA(Date, value) ? readOnce(name, () => value.getTime()) : value;
  return checkInteger(ms, name, 0, MAX_INSTANT);
}

function checkUniqueUntil(value: UniqueUntil): UniqueUntil {
  if (value === "finished" || value === "pruned") return value;
  throw new TypeError(`uniqueUntil must be "finished" or "pruned", but is ${shown(value)}`);
}
