import type { Instant } from "../job/instant.ts";
import type { Job } from "../job/job.ts";
import type { Finding } from "../store/examination.ts";
import { spanText } from "./words.ts";

/** Clocks of machines that are kept in time differ by less. */
const TOLERANCE_MS = 1_000;

/** Whether this clock is behind those by which `jobs` were written, or beside `storeNow`, the store's own. */
export function findClock(
  now: Instant,
  storeNow: Instant | undefined,
  jobs: readonly Job[],
): Finding {
  const written = jobs.map(latestIn);
  // What is written is past by the time it is read: only its being in the future tells something.
  const aheadMs = Math.max(0, ...written.map((instant) => instant - now));
  const storeAheadMs = storeNow === undefined ? 0 : storeNow - now;
  const facts = { now, aheadMs, ...(storeNow !== undefined && { storeNow }) };
  if (Math.max(aheadMs, Math.abs(storeAheadMs)) <= TOLERANCE_MS)
    return { about: "clock", level: "good", message: "the clock fits what is stored", facts };
  const message =
    aheadMs > TOLERANCE_MS
      ? `jobs were written ${spanText(aheadMs)} ahead of this clock`
      : `the store's clock is ${spanText(Math.abs(storeAheadMs))} ${storeAheadMs > 0 ? "ahead of" : "behind"} this one`;
  const remedy =
    "keep the clocks of all machines in time; until then, jobs with a runAt or delayMs start early or late by as much";
  return { about: "clock", level: "warning", message, remedy, facts };
}

function latestIn(job: Job): Instant {
  const finishedAt = "finishedAt" in job ? job.finishedAt : 0;
  return Math.max(job.createdAt, job.claimedAt ?? 0, finishedAt);
}
