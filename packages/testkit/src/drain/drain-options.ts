import type { Instant } from "@turno/core";
import { SimulatedClock } from "../simulated-clock.ts";

export interface DrainOptions {
  /** The queue's own clock: `drain` then travels to what is due later. Default: what is due later stays. */
  readonly clock?: SimulatedClock | undefined;
  /** What is due after this instant stays. Default: no limit. Needs `clock`. */
  readonly until?: Instant | Date | undefined;
  /** How many jobs run at the same time. Default: 1, so that the order is that of the claims. */
  readonly concurrency?: number | undefined;
  /** How many runs there may be before `drain` rejects. Default: 10,000. */
  readonly limit?: number | undefined;
  /**
   * How long a handler may run before `drain` rejects: on `clock` where that is given, else in real time. Default:
   * 1 hour on a clock, else 3 seconds.
   */
  readonly stuckAfterMs?: number | undefined;
}

export interface ResolvedDrainOptions {
  readonly clock: SimulatedClock | undefined;
  readonly until: Instant;
  readonly concurrency: number;
  readonly limit: number;
  readonly stuckAfterMs: number;
}

const NAMES: ReadonlySet<string> = new Set([
  "clock",
  "until",
  "concurrency",
  "limit",
  "stuckAfterMs",
] satisfies (keyof DrainOptions)[]);

const HOUR_MS = 3_600_000;
const REAL_MS = 3_000;

/** Checks the options and fills in the defaults. */
export function resolveDrainOptions(options: DrainOptions): ResolvedDrainOptions {
  const unknown = Object.keys(options).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw new TypeError(
      `there is no option ${JSON.stringify(unknown)}; the options are ${[...NAMES].join(", ")}`,
    );
  }
  const { clock, until, concurrency = 1, limit = 10_000 } = options;
  if (clock !== undefined && !(clock instanceof SimulatedClock))
    throw new TypeError("clock must be the SimulatedClock that the queue was made with");
  if (until !== undefined && clock === undefined)
    throw new TypeError("until needs clock: without one, drain does not travel in time");
  const last = Number(until ?? Number.POSITIVE_INFINITY);
  if (Number.isNaN(last)) throw new TypeError("until is no valid instant");
  const stuckAfterMs = options.stuckAfterMs ?? (clock === undefined ? REAL_MS : HOUR_MS);
  return { clock, until: last, concurrency, limit, stuckAfterMs };
}
