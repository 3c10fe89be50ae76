import { checkInteger } from "../job/check-integer.ts";
import { MAX_SPAN_MS } from "../job/backoff.ts";
import { checkOptionNames } from "../job/check-option-names.ts";
import { checkSignal } from "../job/check-signal.ts";
import { copyOfPlain } from "../job/copy-of-plain.ts";
import { shown } from "../job/shown.ts";

/** How a worker works. `T` are the names of the types it has handlers for. */
export interface WorkerOptions<T extends string = string> {
  /** Handlers that run at the same time, 1 to 10,000. Default: 10. */
  readonly concurrency?: number | undefined;
  /** The same for single types, within `concurrency`. Default: no limit of their own. */
  readonly concurrencyOf?: { readonly [K in T]?: number } | undefined;
  /** How long the worker may be silent before others take its jobs over, 100 ms to 1 hour. Default: 30,000. */
  readonly leaseMs?: number | undefined;
  /** How often to look for jobs of other processes at the least, 1 ms to 1 hour. Default: 1,000. */
  readonly pollMs?: number | undefined;
  /** How long handlers may go on after `stop` before their signal is aborted. Default: 20,000. */
  readonly graceMs?: number | undefined;
  /** How long they then have to end and be given back uncharged. Default: 5,000. */
  readonly abortMs?: number | undefined;
  /** Stops the worker when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

export interface ResolvedWorkerOptions {
  readonly concurrency: number;
  readonly concurrencyOf: ReadonlyMap<string, number>;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly graceMs: number;
  readonly abortMs: number;
  readonly signal: AbortSignal | undefined;
}

const HOUR_MS = 3_600_000;
const MAX_CONCURRENCY = 10_000;
const NAMES = new Set([
  "concurrency",
  "concurrencyOf",
  "leaseMs",
  "pollMs",
  "graceMs",
  "abortMs",
  "signal",
]);

/** Checks the options and fills in the defaults. */
export function resolveWorkerOptions(
  given: WorkerOptions,
  types: readonly string[],
): ResolvedWorkerOptions {
  const options = checkOptionNames(given, NAMES);
  return {
    concurrency: checkInteger(options.concurrency ?? 10, "concurrency", 1, MAX_CONCURRENCY),
    concurrencyOf: checkConcurrencyOf(options.concurrencyOf ?? {}, types),
    leaseMs: checkLease(options.leaseMs),
    pollMs: checkInteger(options.pollMs ?? 1_000, "pollMs", 1, HOUR_MS),
    graceMs: checkGrace(options.graceMs ?? 20_000),
    abortMs: checkInteger(options.abortMs ?? 5_000, "abortMs", 0, MAX_SPAN_MS),
    signal: checkSignal(options.signal),
  };
}

export function checkLease(leaseMs: number | undefined): number {
  return checkInteger(leaseMs ?? 30_000, "leaseMs", 100, HOUR_MS);
}

function checkGrace(graceMs: number): number {
  return checkInteger(graceMs, "graceMs", 0, MAX_SPAN_MS);
}

const STOP_NAMES = new Set(["graceMs"]);

/** The grace that a call of `stop` asks for, or `graceMs`. */
export function graceOf(
  options: { readonly graceMs?: number | undefined },
  graceMs: number,
): number {
  return checkGrace(checkOptionNames(options, STOP_NAMES).graceMs ?? graceMs);
}

function checkConcurrencyOf(
  given: Readonly<Record<string, number | undefined>>,
  types: readonly string[],
) {
  const limits = copyOfPlain(given, "concurrencyOf");
  if (limits === undefined) {
    throw new TypeError(
      `concurrencyOf must be an object such as { mail: 2 }, but is ${shown(given)}`,
    );
  }
  const entries = Object.entries(limits).filter(
    (entry): entry is [string, number] => entry[1] !== undefined,
  );
  for (const [type, limit] of entries) {
    if (!types.includes(type))
      throw new TypeError(`concurrencyOf names ${shown(type)}, for which there is no handler`);
    checkInteger(limit, `concurrencyOf.${type}`, 1, MAX_CONCURRENCY);
  }
  return new Map(entries);
}
