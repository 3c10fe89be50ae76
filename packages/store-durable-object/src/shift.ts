import {
  checkOptionNames,
  shown,
  type Committed,
  type Job,
  type NewJob,
  type WorkerId,
  type Write,
} from "@turno/core";
import type { Waiting } from "./waiting.ts";

export interface ShiftOptions {
  /** How long it goes on claiming, 1 s to 14 minutes. Default: 600,000, 10 minutes. */
  readonly claimMs?: number | undefined;
  /**
   * How long handlers that still run may then go on before their signal is aborted. With `claimMs` at most 14 minutes,
   * since Cloudflare ends an alarm after 15. Default: what is left of 14 minutes, at most 4.
   */
  readonly graceMs?: number | undefined;
}

/** A worker, as far as a shift has to do with it. */
export interface ShiftWorker {
  readonly stopped: Promise<void>;
  stop(options: { readonly graceMs: number }): Promise<void>;
}

type Settings = Readonly<Record<"claimMs" | "graceMs", number>>;

const LONGEST_MS = 14 * 60_000;
const NAMES = new Set(["claimMs", "graceMs"]);

/** Checks the options and fills in the defaults. */
export function checkShiftOptions(given: ShiftOptions): Settings {
  const options = checkOptionNames(given, NAMES);
  const claimMs = checkSpan("claimMs", options.claimMs ?? 600_000, 1_000, LONGEST_MS);
  const left = LONGEST_MS - claimMs;
  const graceMs = checkSpan("graceMs", options.graceMs ?? Math.min(left, 240_000), 0, left);
  return { claimMs, graceMs };
}

function checkSpan(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most)
    return value;
  throw new RangeError(
    `${name} must be an integer from ${least} to ${most}, but is ${shown(value)}; an alarm has 15 minutes in all`,
  );
}

/** What is due so soon is waited for: to leave, to be woken and to join again would write five rows. */
const LINGER_MS = 1_000;

/** The work of one alarm: knows when nothing is left to do, and when time is up. */
export class Shift {
  readonly ended: Promise<void>;
  readonly #settings: Settings;
  readonly #waiting: () => Waiting;
  readonly #members = new Set<WorkerId>();
  readonly #end: () => void;
  readonly #idle: Promise<void>;
  readonly #becomeIdle: () => void;
  /** What runs for the members of this shift. */
  readonly #running = new Set<number>();
  /** Whether the last claim found nothing, and nothing has come since. */
  #isDry = false;
  #isAsked = false;
  #brokeOff = true;

  constructor(settings: Settings, waiting: () => Waiting) {
    this.#settings = settings;
    this.#waiting = waiting;
    const ended = Promise.withResolvers<void>();
    this.ended = ended.promise;
    this.#end = ended.resolve;
    const idle = Promise.withResolvers<void>();
    this.#idle = idle.promise;
    this.#becomeIdle = idle.resolve;
  }

  /** Whether it has left ready jobs that it would have taken. */
  get leftReady(): boolean {
    return !this.#isDry;
  }

  /** Whether it ended otherwise than by having done what there was, or as time was up. */
  get brokeOff(): boolean {
    return this.#brokeOff;
  }

  async work(start: () => ShiftWorker): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const worker = start();
      const timeIsUp = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, this.#settings.claimMs);
      });
      const regular = Promise.race([this.#idle, timeIsUp]).then(() => true);
      const isRegular = await Promise.race([regular, worker.stopped.then(() => false)]);
      await worker.stop({ graceMs: this.#settings.graceMs });
      this.#brokeOff = !isRegular;
    } finally {
      clearTimeout(timer);
      this.#end();
    }
  }

  join(worker: WorkerId): void {
    this.#members.add(worker);
  }

  /** Something was written. */
  notice({ add = [], replace = [], claim }: Write, { claimed, replaced }: Committed): void {
    for (const [at, job] of replace.entries()) {
      if (replaced[at] === "written") this.#running.delete(job.seq);
    }
    for (const { seq, worker } of claimed) if (this.#members.has(worker)) this.#running.add(seq);
    if ([...add, ...replace].some(bringsWork)) this.#isDry = false;
    if (claim !== undefined && this.#members.has(claim.worker)) this.#isDry = claimed.length === 0;
    this.#look();
  }

  /** Looks when whoever wrote has had its answer. */
  #look(): void {
    if (!this.#isDry || this.#isAsked) return;
    this.#isAsked = true;
    setTimeout(() => {
      this.#isAsked = false;
      if (this.#isDry && this.#running.size === 0 && !this.#willHaveWork()) this.#becomeIdle();
    }, 0);
  }

  #willHaveWork(): boolean {
    const { dueAt, orphaned } = this.#waiting();
    return orphaned || (dueAt !== undefined && dueAt <= Date.now() + LINGER_MS);
  }
}

/** A job that can be claimed, or one that has left a slot free. */
function bringsWork(job: NewJob | Job): boolean {
  return !("ready" in job) || job.ready;
}
