import type { Failure, Job, JobState } from "@turno/core";

/** What can be done to a job that is there, but for claiming it. */
export const MOVES = [
  "complete",
  "fail",
  "fail for good",
  "fail and say when",
  "abandon",
  "snooze",
  "release",
  "cancel",
  "retry",
  "reschedule",
] as const;

export type Move = (typeof MOVES)[number];

/** A move with all that it takes. */
export interface Moving {
  readonly move: Move;
  readonly now: number;
  /** For moves that say when: how long after `now`. */
  readonly delayMs: number;
  /** What a completed job keeps. */
  readonly result: string | undefined;
  /** What was thrown. */
  readonly thrown: { readonly name: string; readonly message: string };
}

const HELD: readonly JobState[] = ["running"];
const WAITING: readonly JobState[] = ["pending", "failed"];

/** From which states a move can be made. */
export const FROM: Readonly<Record<Move, readonly JobState[]>> = {
  complete: HELD,
  fail: HELD,
  "fail for good": HELD,
  "fail and say when": HELD,
  abandon: HELD,
  snooze: HELD,
  release: HELD,
  cancel: [...WAITING, ...HELD],
  retry: [...WAITING, "completed", "dead", "cancelled"],
  reschedule: WAITING,
};

/**
 * What becomes of a job, said a second time and in other words than in core. `chosenRunAt` is what core chose where
 * the backoff leaves it a choice; anything out of bounds is put right, so that the two differ.
 */
export function moved(job: Job, moving: Moving, chosenRunAt: number): Job {
  const { move, now, delayMs } = moving;
  const next = { ...bare(job), revision: job.revision + 1 };
  const givenBack = job.attempt - 1;
  const waitsAgain = givenBack > 0 ? "failed" : "pending";
  switch (move) {
    case "complete":
      return { ...next, state: "completed", finishedAt: now, result: moving.result } as Job;
    case "cancel":
      return { ...next, state: "cancelled", finishedAt: now } as Job;
    case "snooze":
      return waiting(
        { ...next, state: waitsAgain, attempt: givenBack },
        now + delayMs,
        delayMs <= 0,
      );
    case "release":
      return waiting({ ...next, state: waitsAgain, attempt: givenBack }, job.runAt, true);
    case "reschedule":
      return waiting({ ...next, state: job.state }, now + delayMs, delayMs <= 0);
    case "retry":
      return FROM.reschedule.includes(job.state)
        ? waiting({ ...next, state: job.state }, now, true)
        : waiting({ ...next, state: "pending", attempt: 0, claimedAt: undefined }, now, true);
    default:
      return failed(job, next, moving, chosenRunAt);
  }
}

function failed(job: Job, next: object, { move, now, delayMs, thrown }: Moving, chosen: number) {
  const failure = failureOf(job, move, now, thrown);
  const failures = [...job.failures, failure];
  if (failures.length > 10) failures.shift();
  if (move === "fail for good" || job.attempt === job.maxAttempts) {
    return { ...next, failures, state: "dead", finishedAt: now } as unknown as Job;
  }
  const lostBefore = job.failures.some(({ kind }) => kind === "abandoned");
  const [least, most] =
    move === "fail and say when"
      ? [delayMs, delayMs]
      : move === "abandon" && !lostBefore
        ? [0, 0]
        : backoffBounds(job);
  const runAt = Math.min(Math.max(chosen, now + least), now + most);
  return waiting({ ...next, failures, state: "failed" }, runAt, runAt === now);
}

function failureOf(job: Job, move: Move, at: number, thrown: Moving["thrown"]): Failure {
  const { attempt } = job;
  if (move !== "abandon") return { attempt, at, kind: "error", ...thrown };
  const worker = (job as { worker?: number }).worker;
  const message = `worker ${worker} was lost while it held the job`;
  return { attempt, at, kind: "abandoned", name: "Abandoned", message };
}

/** The shortest and the longest delay that the job's backoff allows after the present attempt. */
function backoffBounds({ backoff = {}, attempt }: Job): readonly [number, number] {
  const { kind, baseMs = 1_000, capMs = 86_400_000, jitter = 0.1 } = backoff;
  const times = { fixed: 1, exponential: 2 ** attempt / 2, polynomial: attempt ** 4 + 1 };
  const delay = baseMs * times[kind ?? "polynomial"];
  const least = Math.floor(delay * (1 - jitter));
  const most = Math.ceil(delay * (1 + jitter));
  return [Math.min(capMs, least), Math.min(capMs, most)];
}

function waiting(next: object, runAt: number, ready: boolean): Job {
  return { ...next, runAt, ready } as unknown as Job;
}

/** The job without what only its present state has. */
function bare(job: Job) {
  const all = { worker: 0, ready: false, finishedAt: 0, result: "", ...job };
  const { state: _, worker: _1, ready: _2, finishedAt: _3, result: _4, ...rest } = all;
  return rest;
}
