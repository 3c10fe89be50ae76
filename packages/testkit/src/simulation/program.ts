import { Fatal, Queue, Snooze, StoreError, type Worker } from "@turno/core";
import type { Happening } from "../history/event.ts";
import { codeOf } from "./code-of.ts";
import { act, type Surroundings } from "./handlers.ts";
import { Hands } from "./hands.ts";
import { jobs, type Jobs, RETENTION } from "./jobs.ts";
import type { Process } from "./process.ts";
import { Requests } from "./requests.ts";
import type { Claimed, How, Run } from "./run.ts";
import { type MachineOptions, TYPES } from "./script.ts";
import type { Situation } from "./situations.ts";
import type { Wire } from "./wire.ts";
import type { World } from "./world.ts";

interface ProgramOptions {
  readonly world: World;
  readonly process: Process;
  readonly wire: Wire;
  readonly options: MachineOptions;
  readonly random: () => number;
  readonly crash: (how: Situation) => void;
}

const TOLD = ["completed", "failed", "dead", "snoozed", "released", "abandoned"] as const;
const TIMES = { graceMs: 400, abortMs: 100 };

/** What runs in a process: a queue with a worker, and those who use it. */
export class Program implements Surroundings {
  readonly process: Process;
  readonly crash: (how: Situation) => void;
  readonly requests: Requests;
  readonly hands: Hands;
  readonly #world: World;
  readonly #queue: Queue<Jobs>;
  readonly #leaseMs: number;
  readonly #workers: number;
  readonly #runs = new Set<Run>();
  #isClosing = false;
  #hasExited = false;

  constructor({ world, process, wire, options, random, crash }: ProgramOptions) {
    this.process = process;
    this.crash = crash;
    this.#world = world;
    this.#leaseMs = options.leaseMs;
    this.#workers = options.workers;
    const { leaseMs } = options;
    const { clock } = process;
    const queue = new Queue({ store: wire, jobs, clock, random, leaseMs, retention: RETENTION });
    this.#queue = queue as unknown as Queue<Jobs>;
    this.#queue.on("error", ({ error }) => this.#onError(error));
    const calling = {
      world,
      queue: this.#queue,
      process,
      note: (happening: Happening) => this.note(happening),
      onError: (error: unknown) => this.#onError(error),
    };
    this.requests = new Requests(calling);
    this.hands = new Hands({
      ...calling,
      begin: (job) => this.#begin(job, true),
      end: (run, how) => this.#end(run, how),
    });
    for (let count = 0; count < options.workers; count++) this.#listen(this.#work(options));
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Whether it has ended as it should. */
  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** How many workers it has, with the one that the queue becomes by claims by hand. */
  get workers(): number {
    return this.#workers + (this.hands.haveClaimed ? 1 : 0);
  }

  note(happening: Happening): void {
    if (!this.process.isDead) this.#world.diary.note(this.process.name, happening);
  }

  accuse(promise: string, what: string): void {
    this.#world.diary.accuse(promise, `${what} of ${this.process.name}`);
  }

  /** Some code of its own holds up its event loop. */
  keepBusy(ms: number): void {
    const { diary, options } = this.#world;
    if (ms > this.#leaseMs) diary.met("a process was busy for longer than its lease");
    if (!options.hearts) this.process.trouble(ms);
    this.process.keepBusy(ms);
  }

  freeze(ms: number): void {
    const { diary } = this.#world;
    if (ms > this.#leaseMs) diary.met("a process was frozen for longer than its lease");
    this.process.freeze(ms);
  }

  /** Stops its workers, and exits. */
  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#queue.close().then(
      () => this.#exit(),
      (error: unknown) => {
        this.#onError(error);
        this.#exit();
      },
    );
  }

  /** Somebody begins to work at a job. */
  #begin(job: Claimed, isByHand: boolean): Run {
    const { id, type, attempt, claimedAt, payload } = job;
    const claim = this.#world.ledger.book.take(id, attempt, claimedAt);
    const run: Run = { name: this.#world.nextRun(), job, process: this.process, isByHand, claim };
    this.#world.begun(run);
    this.#runs.add(run);
    const text = JSON.stringify(payload);
    this.note({ kind: "start", run: run.name, id, type, attempt, payload: text });
    return run;
  }

  #end(run: Run, how: How): void {
    if (!this.#runs.delete(run)) return;
    this.#world.ended(run);
    this.note({ kind: "end", run: run.name, how });
  }

  /** Something went wrong that is told to nobody else. */
  #onError(error: unknown): void {
    const code = codeOf(error);
    const isExpected =
      error instanceof StoreError ||
      code === "QueueClosed" ||
      (error instanceof Error && error.message.startsWith("the worker stopped before"));
    if (!isExpected) this.#world.diary.accuse("what goes wrong is the store's trouble", code);
    this.note({ kind: "trouble", error: code });
  }

  #work({ leaseMs, pollMs, concurrency, limited }: MachineOptions): Worker<Jobs> {
    const beatsByTimer = !this.#world.options.hearts;
    this.note({ kind: "works", types: TYPES, leaseMs, concurrency, beatsByTimer });
    const handler = (job: unknown) => this.#handle(job as Claimed) as never;
    const concurrencyOf = { limited: Math.min(limited, concurrency) };
    return this.#queue.work(
      { plain: handler, timed: handler, limited: handler },
      { leaseMs, pollMs, concurrency, concurrencyOf, ...TIMES },
    );
  }

  #listen(worker: Worker<Jobs>): void {
    const { process } = this;
    for (const name of TOLD)
      worker.on(name, ({ job }) => this.#world.told(process, name, job as never));
    worker.on("lost", ({ id }) => this.#world.lost(process, id));
    worker.on("error", ({ error }) => this.#onError(error));
    worker.on("stopped", () => this.note({ kind: "stopped" }));
  }

  async #handle(job: Claimed): Promise<unknown> {
    const run = this.#begin(job, false);
    try {
      const given = await act(run, this.#world.nextAct(job), this);
      this.#end(run, "returned");
      return given;
    } catch (thrown) {
      this.#end(run, howItEnded(thrown));
      throw thrown;
    }
  }

  #exit(): void {
    const { process } = this;
    if (process.isDead) return;
    this.#hasExited = true;
    for (const run of this.#runs) {
      // What was claimed by hand has been given back.
      if (run.isByHand) this.#end(run, "snoozed");
      else if (!run.job.signal.aborted)
        this.accuse("a worker does not stop before its handlers are asked to end", run.name);
    }
    const { diary } = this.#world;
    diary.met("a process stopped in peace");
    diary.note("world", { kind: "exited", of: process.name, code: 0, signal: null });
    process.die();
  }
}

function howItEnded(thrown: unknown): How {
  if (thrown instanceof Fatal) return "fatal";
  return thrown instanceof Snooze ? "snoozed" : "threw";
}
