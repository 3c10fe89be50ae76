import {
  type SomeHandlers,
  type JobDefinitions,
  type Queue,
  type Store,
  systemClock,
  type TypeName,
  type Worker,
} from "@turno/core";
import { within } from "../within.ts";
import { turns } from "../turns.ts";
import type { ResolvedDrainOptions } from "./drain-options.ts";
import type { Journal } from "./journal.ts";
import { waitingJobs } from "./waiting-jobs.ts";

/** What is ready and yet not taken after the store was asked so often will not be: its type is paused. */
const MOST_ASKED = 20;
const TURNS = 4;

/** Before simulated time passes, real files and networks have so long to answer. */
const REAL_MS = 20;

/** How long a handler that is not waited for any more has to end: in real time, and on a simulated clock. */
const ABORT_MS = { real: 100, simulated: 5_000 };

/** One worker, from when it starts until it has nothing more to do. */
export class Shift<D extends JobDefinitions, S extends Store> {
  readonly #queue: Queue<D, S>;
  readonly #types: readonly TypeName<D>[];
  readonly #journal: Journal<D>;
  readonly #options: ResolvedDrainOptions;
  readonly #worker: Worker<D>;

  constructor(
    queue: Queue<D, S>,
    handlers: SomeHandlers<D>,
    types: readonly TypeName<D>[],
    journal: Journal<D>,
    options: ResolvedDrainOptions,
  ) {
    const { concurrency, clock } = options;
    const abortMs = clock === undefined ? ABORT_MS.real : ABORT_MS.simulated;
    this.#queue = queue;
    this.#types = types;
    this.#journal = journal;
    this.#options = options;
    this.#worker = queue.work(handlers, { concurrency, abortMs });
    journal.follow(this.#worker);
    // At once: jobs that enqueue jobs need no turn of the event loop in between, while a simulated clock stands still.
    this.#worker.on("started", () => {
      if (journal.isOverfull) void this.#worker.stop({ graceMs: 0 });
    });
  }

  /** Works until nothing is ready and nothing runs. */
  async work(): Promise<void> {
    try {
      await this.#untilIdle();
    } catch (error) {
      await this.#stop(0);
      throw error;
    }
    await this.#stop(this.#options.stuckAfterMs);
    this.#journal.check();
  }

  async #untilIdle(): Promise<void> {
    for (let asked = 0; asked < MOST_ASKED; asked++) {
      const { entries } = this.#journal;
      await this.#rest();
      this.#journal.check();
      if (this.#journal.oldest !== undefined) await this.#untilTold();
      else if (!(await this.#hasWork())) return;
      if (this.#journal.entries !== entries) asked = 0;
    }
  }

  async #rest(): Promise<void> {
    await (this.#options.clock?.advance(0) ?? turns(TURNS));
  }

  /** Whether something is ready, or claimed and not started yet. */
  async #hasWork(): Promise<boolean> {
    const now = (this.#options.clock ?? systemClock).now();
    for await (const job of waitingJobs(this.#queue, this.#types))
      if (job.ready || job.runAt <= now) return true;
    const running = { states: ["running"], types: this.#types, limit: 1 } as const;
    return (await this.#queue.list(running)).jobs.length > 0;
  }

  /** Waits until something is told while a handler runs. */
  async #untilTold(): Promise<void> {
    const { clock, stuckAfterMs } = this.#options;
    const { entries, oldest } = this.#journal;
    if (await this.#journal.entryWithin(clock === undefined ? stuckAfterMs : REAL_MS)) return;
    const end = (clock?.monotonic() ?? 0) + stuckAfterMs;
    while (clock?.nextTimerMs !== undefined && clock.monotonic() + clock.nextTimerMs <= end) {
      await clock.advance(clock.nextTimerMs);
      if (this.#journal.entries !== entries) return;
    }
    throw new Error(
      `the handler of job ${oldest?.id} (${JSON.stringify(oldest?.type)}) has not ended after ${stuckAfterMs} ms: ` +
        "it waits for something that does not come. If it only takes longer, give drain a stuckAfterMs",
    );
  }

  async #stop(graceMs: number): Promise<void> {
    const { clock } = this.#options;
    const stopped = this.#worker.stop({ graceMs });
    if (clock === undefined) return stopped;
    await clock.advance(0);
    while (!(await within(REAL_MS, stopped))) await clock.advance(clock.nextTimerMs ?? 0);
  }
}
