import type { Instant } from "../job/instant.ts";
import type { Job, RunningJob } from "../job/job.ts";
import type { Finding, ReadyJobs } from "../store/examination.ts";
import { instantText, jobsText, spanText } from "./words.ts";

/** What there is to judge by. */
export interface Scene {
  readonly now: Instant;
  /** Undefined where they could not be read. */
  readonly ready: readonly ReadyJobs[] | undefined;
  readonly running: readonly Job[];
  /** The earliest `runAt` of what waits and is not ready. */
  readonly dueAt: Instant | undefined;
  readonly paused: readonly string[];
  /** The types that the queue defines; empty where it takes any. */
  readonly types: readonly string[];
}

/** A backlog that is worked off may be older, but somebody should know. */
const LONG_WAIT_MS = 5 * 60_000;

/** A handler without a limit that takes longer may have forgotten its job. */
const LONG_RUN_MS = 60 * 60_000;

/** Between the end of a handler's time and what its worker makes of it. */
const SLACK_MS = 60_000;

/** Jobs that do not get on, by cause; one finding that is good where there are none and all could be read. */
export function findStuck(scene: Scene): readonly Finding[] {
  const findings = [
    ...(scene.ready ?? []).flatMap((ready) => waiting(ready, scene)),
    ...overdue(scene),
    ...scene.running.flatMap((job) => (job.state === "running" ? tooLong(job, scene.now) : [])),
  ];
  if (findings.length > 0 || scene.ready === undefined) return findings;
  return [{ about: "stuck", level: "good", message: "no job is stuck", facts: {} }];
}

function waiting({ type, count, since }: ReadyJobs, scene: Scene): Finding[] {
  const { now, paused, types } = scene;
  const what = `${jobsText(count)} of type ${JSON.stringify(type)} could run since ${instantText(since)}`;
  const facts = { type, jobs: count, since, waitedMs: Math.max(0, now - since) };
  const finding = (why: string, remedy: string): Finding[] => [
    { about: "stuck", level: "warning", message: `${what}, ${why}`, remedy, facts },
  ];
  if (types.length > 0 && !types.includes(type))
    return finding(
      "but this queue does not define that type",
      "start a program that has a handler for it, or cancel them",
    );
  if (paused.includes(type)) return finding("but the type is paused", "resume it");
  if (now - since < LONG_WAIT_MS) return [];
  return finding(
    "and still wait",
    "see that a worker runs which has a handler for them, and has time for them",
  );
}

/** Claims make due jobs ready, so these tell that nobody claims. */
function overdue({ now, dueAt }: Scene): Finding[] {
  if (dueAt === undefined || now - dueAt < LONG_WAIT_MS) return [];
  return [
    {
      about: "stuck",
      level: "warning",
      message: `a job has been due since ${instantText(dueAt)}, and nobody has looked for one since`,
      remedy: "start a worker",
      facts: { since: dueAt, waitedMs: now - dueAt },
    },
  ];
}

function tooLong({ id, type, timeoutMs, claimedAt, attempt }: RunningJob, now: Instant): Finding[] {
  const ranMs = now - claimedAt;
  const isOver = timeoutMs === undefined ? ranMs >= LONG_RUN_MS : ranMs >= timeoutMs + SLACK_MS;
  if (!isOver) return [];
  const limit = timeoutMs === undefined ? "has no timeoutMs" : `may take ${spanText(timeoutMs)}`;
  return [
    {
      about: "stuck",
      level: "warning",
      message: `job ${id} of type ${JSON.stringify(type)} runs for ${spanText(ranMs)}, and ${limit}`,
      remedy:
        timeoutMs === undefined
          ? "give its type a timeoutMs; if its handler hangs, cancel the job"
          : "end the process of its worker, whose event loop or handler hangs; the job then runs again",
      facts: { id, type, attempt, claimedAt, ranMs, ...(timeoutMs !== undefined && { timeoutMs }) },
    },
  ];
}
