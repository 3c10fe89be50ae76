import { checkInteger } from "./check-integer.ts";
import { copyOfPlain } from "./copy-of-plain.ts";
import { shown } from "./shown.ts";

/** How long a job waits after a failed attempt; plain numbers, kept with the job. */
export interface Backoff {
  /**
   * How the delay grows with the attempt `n` (1, 2, …): `polynomial` `(n⁴ + 1) × baseMs`, `exponential`
   * `2ⁿ⁻¹ × baseMs`, `fixed` `baseMs`. Default: polynomial.
   */
  readonly kind?: "polynomial" | "exponential" | "fixed";
  /** Default: 1,000. */
  readonly baseMs?: number;
  /** No delay is longer. Default: 24 hours. */
  readonly capMs?: number;
  /** The share by which a delay is spread to both sides, 0 to 1, so that jobs that failed together come apart. Default: 0.1. */
  readonly jitter?: number;
}

/** The longest span of time that an option takes: 100 years. */
export const MAX_SPAN_MS = 100 * 365 * 24 * 3_600_000;

const DAY_MS = 24 * 3_600_000;

/** The delay after `attempt` failed, in milliseconds; the same for the same job and attempt. */
export function retryDelay(backoff: Backoff | undefined, seq: number, attempt: number): number {
  const { kind = "polynomial", baseMs = 1_000, capMs = DAY_MS, jitter = 0.1 } = backoff ?? {};
  const spread = 1 + jitter * (2 * fraction(seq, attempt) - 1);
  // Growth may be infinite, and nothing times that is no number.
  const grown = Math.min(growth(kind, attempt), MAX_SPAN_MS);
  return Math.min(capMs, Math.round(baseMs * grown * spread));
}

function growth(kind: "polynomial" | "exponential" | "fixed", attempt: number): number {
  switch (kind) {
    case "polynomial":
      return attempt ** 4 + 1;
    case "exponential":
      return 2 ** (attempt - 1);
    case "fixed":
      return 1;
  }
}

/** A number from 0 to 1 that looks random: the finalizer of MurmurHash3 (Appleby, public domain) over both. */
function fraction(seq: number, attempt: number): number {
  let hash = (seq % 2 ** 32) ^ Math.imul(attempt, 0x9e3779b9);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0xffffffff;
}

/** Returns `value` as a backoff; throws an error that names what is wrong with it. */
export function checkBackoff(value: unknown): Backoff {
  const copy = copyOfPlain(value as Backoff, "backoff");
  if (copy === undefined) {
    throw new TypeError(
      `backoff must be an object such as { kind: "exponential", baseMs: 1000 }, but is ${shown(value)}`,
    );
  }
  const { kind, baseMs, capMs, jitter, ...others } = copy;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new TypeError(`backoff has kind, baseMs, capMs and jitter, but not ${shown(unknown)}`);
  }
  if (kind !== undefined && !["polynomial", "exponential", "fixed"].includes(kind)) {
    throw new TypeError(
      `backoff.kind must be "polynomial", "exponential" or "fixed", but is ${shown(kind)}`,
    );
  }
  if (jitter !== undefined && !(typeof jitter === "number" && jitter >= 0 && jitter <= 1)) {
    throw new RangeError(`backoff.jitter must be a number from 0 to 1, but is ${shown(jitter)}`);
  }
  return {
    ...(kind !== undefined && { kind }),
    ...(baseMs !== undefined && { baseMs: checkInteger(baseMs, "backoff.baseMs", 0, MAX_SPAN_MS) }),
    ...(capMs !== undefined && { capMs: checkInteger(capMs, "backoff.capMs", 0, MAX_SPAN_MS) }),
    ...(jitter !== undefined && { jitter }),
  };
}
