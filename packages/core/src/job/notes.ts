import { cappedText } from "./capped-text.ts";
import type { Instant } from "./instant.ts";
import type { Job, RunningJob } from "./job.ts";
import type { JsonText } from "./json-text.ts";

/** A line that a handler has logged. */
export interface LogLine {
  readonly at: Instant;
  readonly attempt: number;
  /** At most 1 KiB of UTF-8. */
  readonly line: string;
}

/** What a job's handlers tell of their work. */
export interface Notes {
  /** The latest; undefined where none was told. */
  readonly progress: JsonText | undefined;
  /** The latest lines, oldest first, at most 100. */
  readonly log: readonly LogLine[];
}

/** Notes that a running job adds. They are no transition: the job's revision fences them, and does not rise. */
export interface Note extends Notes {
  readonly seq: number;
  readonly revision: number;
}

/** A job keeps this many lines, the latest. */
export const MAX_LOG_LINES = 100;

const MAX_LINE_BYTES = 1_024;

/** The notes of a job after `added` has come to them. */
export function noted(before: Notes | undefined, added: Notes): Notes {
  const log = [...(before?.log ?? []), ...added.log];
  return { progress: added.progress ?? before?.progress, log: log.slice(-MAX_LOG_LINES) };
}

/** Whether `stored` is as the one who notes has read it, and still held. */
export function takesNote(stored: Job | undefined, { revision }: Note): boolean {
  return stored?.state === "running" && stored.revision === revision;
}

/** A line as it is kept: what is too long is cut. */
export function logLine(job: RunningJob, line: string, at: Instant): LogLine {
  return { at, attempt: job.attempt, line: cappedText(line, MAX_LINE_BYTES) };
}
