import { cappedText } from "./capped-text.ts";
import type { Instant } from "./instant.ts";
import { shown } from "./shown.ts";

/**
 * How an attempt failed: its handler threw, ran too long or gave a result that can't be stored, or its worker was lost;
 * or somebody has damaged the job's record.
 */
export type FailureKind = "error" | "timeout" | "result" | "abandoned" | "damaged";

/** The record of one failed attempt. */
export interface Failure {
  readonly attempt: number;
  readonly at: Instant;
  readonly kind: FailureKind;
  readonly name: string;
  /** At most 4 KiB of UTF-8. */
  readonly message: string;
  /** At most 4 KiB of UTF-8, with the causes; absent where there is none. */
  readonly stack?: string;
}

/** A job keeps this many failures, the latest. */
export const MAX_FAILURES = 10;

const MAX_TEXT_BYTES = 4_096;
const MAX_NAME_LENGTH = 100;
const MAX_CAUSES = 3;

/** What a failure says of whatever was thrown; never throws itself. */
export function describeThrown(thrown: unknown): Pick<Failure, "name" | "message" | "stack"> {
  const name = textOf(thrown, "name") ?? "Error";
  const stack = stackOf(thrown, MAX_CAUSES);
  return {
    name: name.slice(0, MAX_NAME_LENGTH).toWellFormed(),
    message: capped(messageOf(thrown)),
    ...(stack !== undefined && { stack: capped(stack) }),
  };
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  return textOf(thrown, "message") ?? `thrown: ${shown(thrown)}`;
}

function stackOf(thrown: unknown, causes: number): string | undefined {
  const stack = textOf(thrown, "stack");
  if (stack === undefined || causes === 0) return stack;
  const cause = read(thrown, "cause");
  if (cause === undefined) return stack;
  return `${capped(stack)}\ncaused by: ${stackOf(cause, causes - 1) ?? messageOf(cause)}`;
}

function textOf(thrown: unknown, key: string): string | undefined {
  const value = read(thrown, key);
  return typeof value === "string" ? value : undefined;
}

function read(thrown: unknown, key: string): unknown {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  try {
    return Reflect.get(thrown, key);
  } catch {
    return undefined;
  }
}

function capped(text: string): string {
  return cappedText(text, MAX_TEXT_BYTES);
}
