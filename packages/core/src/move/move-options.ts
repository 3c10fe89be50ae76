import { MAX_SPAN_MS } from "../job/backoff.ts";
import { checkInteger } from "../job/check-integer.ts";
import { checkOptionNames } from "../job/check-option-names.ts";
import { checkSignal } from "../job/check-signal.ts";
import { hasMethods } from "../job/has-methods.ts";
import { shown } from "../job/shown.ts";
import type { Adopter } from "../store/adopter.ts";
import { checkClock } from "../store/check-clock.ts";
import type { Store } from "../store/store.ts";
import { type Clock, systemClock } from "../time/clock.ts";

/** How far a move has come. */
export interface MoveProgress {
  /** Jobs are looked through once to copy them, and then until nothing has changed since: this is the how manieth time. */
  readonly round: number;
  /** How many jobs of the source this round has looked at. */
  readonly looked: number;
  /** How many there were when it began. */
  readonly total: number;
  /** How many have been written to the target so far, by all rounds. */
  readonly copied: number;
}

/** How jobs are moved. */
export interface MoveOptions {
  /**
   * How long to wait for jobs that run in the source to end, in milliseconds. Default: 60,000, which is longer than it takes
   * to find out, by a lease of 30 seconds, that a worker is lost.
   */
  readonly drainMs?: number | undefined;
  /** Is told after every 50 jobs; what it throws ends the move, which may be run again. */
  readonly onProgress?: ((progress: MoveProgress) => void) | undefined;
  /** Breaks the move off, which may be run again. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the source's or the target's, where one has its own, else the machine's. */
  readonly clock?: Clock | undefined;
  /** Gives numbers from 0 to 1, for the waits of a busy store. Default: Math.random. */
  readonly random?: (() => number) | undefined;
}

const NAMES = new Set(["drainMs", "onProgress", "signal", "clock", "random"]);
const METHODS = ["commit", "list", "counts", "pause"];

/** Checks what `move` was given, and fills in the defaults. */
export function resolveMove(from: Store, to: Store, given: MoveOptions) {
  checkStore(from, "from");
  checkStore(to, "to");
  if (from === to) throw new TypeError("from and to are the same store; open the one to move to");
  const options = checkOptionNames(given, NAMES);
  const { drainMs = 60_000, onProgress = () => {}, random = Math.random } = options;
  if (typeof onProgress !== "function")
    throw new TypeError(`onProgress must be a function, but is ${shown(onProgress)}`);
  if (typeof random !== "function")
    throw new TypeError(`random must be a function, but is ${shown(random)}`);
  return {
    adopter: adopterOf(to),
    drainMs: checkInteger(drainMs, "drainMs", 0, MAX_SPAN_MS),
    onProgress,
    signal: checkSignal(options.signal),
    clock: checkClock(options.clock ?? from.clock ?? to.clock ?? systemClock),
    random,
  };
}

function checkStore(store: Store, name: string): void {
  if (hasMethods(store, name, METHODS)) return;
  throw new TypeError(
    `${name} must be a store such as openSqliteStore(path), not a queue, but is ${shown(store)}`,
  );
}

function adopterOf(to: Store): Adopter {
  const { adopter } = to;
  if (adopter !== undefined) return adopter;
  throw new TypeError(
    `to is ${shown(to)}, a store that cannot be moved into; choose another, such as openSqliteStore(path)`,
  );
}
