import type {
  Adopter,
  BeatReply,
  Committed,
  Heart,
  HeartOptions,
  Job,
  NewJob,
  WorkerId,
  WorkerRecord,
  Write,
} from "@turno/core";
import {
  beatSql,
  type SqlPort,
  SqliteStore,
  type SqliteStoreOptions,
  tableNames,
} from "@turno/store-sqlite";
import { Alarm } from "./alarm.ts";
import { Hearts } from "./hearts.ts";
import type { ObjectStorage } from "./object-storage.ts";
import { checkShiftOptions, Shift, type ShiftOptions, type ShiftWorker } from "./shift.ts";
import { type Waiting, waitingIn } from "./waiting.ts";

/**
 * While jobs run that no alarm has started, one comes after so long: it finds those whose object was ended. After an alarm
 * that could not do its work the next one comes as late.
 */
const WATCH_MS = 60_000;

/** Keeps jobs in the database of a Durable Object, and has it woken when they are due; `openDurableObjectStore` makes it. */
export class DurableObjectStore extends SqliteStore {
  readonly #alarm: Alarm;
  readonly #hearts: Hearts;
  readonly #waiting: () => Waiting;
  readonly #opening: ReturnType<typeof setTimeout>;
  #shift: Shift | undefined;

  /** @internal */
  constructor(port: SqlPort, storage: ObjectStorage, options: SqliteStoreOptions = {}) {
    super(port, options);
    const { table = "turno_" } = options;
    this.#waiting = waitingIn(port, table);
    this.#hearts = new Hearts(reader(port, table));
    this.#alarm = new Alarm(storage);
    // An object has one instance at a time: whoever joined an earlier one is gone.
    for (const { id } of super.workers()) super.leave(id);
    // An alarm that this instance was made for is handled first, and then sets the next one itself.
    this.#opening = setTimeout(() => void this.#setAgain(), 0);
  }

  override commit(write: Write): Committed {
    const committed = super.commit(write);
    this.#shift?.notice(write, committed);
    if (this.#shift === undefined) this.#wakeFor(write, committed);
    return committed;
  }

  /** What was moved here wakes the object like what was added here. */
  override get adopter(): Adopter {
    const { begin, take, end } = super.adopter;
    return {
      begin,
      take,
      end: (run, last) => {
        const ended = end(run, last);
        if (this.#shift === undefined) this.#setFor(this.#waiting());
        return ended;
      },
    };
  }

  override join(worker: { readonly leaseMs: number; readonly sign?: string | null }): WorkerId {
    const id = super.join(worker);
    this.#shift?.join(id);
    return id;
  }

  /** Answers as `beat` does, but writes nothing: a Durable Object has no workers beside its own. */
  heart(worker: WorkerId, options: HeartOptions): Heart {
    return this.#hearts.start(worker, options);
  }

  override leave(worker: WorkerId, beat?: number): boolean {
    const stored = beat === undefined ? undefined : beat - this.#hearts.beatsOf(worker);
    const left = super.leave(worker, stored);
    if (left && this.#shift === undefined && this.#waiting().orphaned) this.#alarm.by(Date.now());
    return left;
  }

  override workers(): readonly WorkerRecord[] {
    return super.workers().map((worker) => this.#hearts.seen(worker));
  }

  override pause(change?: { readonly type: string; readonly paused: boolean }): readonly string[] {
    const paused = super.pause(change);
    if (change?.paused === false && this.#shift === undefined) this.#setFor(this.#waiting());
    return paused;
  }

  /**
   * Lets a worker work while the alarm is being handled, and resolves when it has stopped and the next alarm is set:
   * `alarm() { return this.store.atAlarm(() => this.queue.work(handlers)); }`. The worker stops when nothing is left to do,
   * or when it has claimed for `claimMs`; then its handlers have `graceMs` to end.
   */
  async atAlarm(work: () => ShiftWorker, options: ShiftOptions = {}): Promise<void> {
    const settings = checkShiftOptions(options);
    this.#alarm.hasCome();
    if (this.#shift !== undefined) return this.#shift.ended;
    const shift = new Shift(settings, this.#waiting);
    this.#shift = shift;
    try {
      await shift.work(work);
    } finally {
      this.#shift = undefined;
      if (shift.brokeOff) this.#alarm.by(Date.now() + WATCH_MS);
      else this.#setFor(this.#waiting(), shift.leftReady);
    }
  }

  override close(): void {
    clearTimeout(this.#opening);
    super.close();
  }

  /** An alarm that was set may be lost where its handler has failed too often. */
  async #setAgain(): Promise<void> {
    await this.#alarm.learn();
    try {
      if (this.#shift === undefined) this.#setFor(this.#waiting());
    } catch {
      // Whoever uses the store hears that it cannot be read.
    }
  }

  #wakeFor({ add = [], replace = [] }: Write, { claimed }: Committed): void {
    for (const job of [...add, ...replace]) if (isWaiting(job)) this.#alarm.by(wokenAt(job));
    if (claimed.length > 0) this.#alarm.by(Date.now() + WATCH_MS);
  }

  #setFor({ ready, dueAt, orphaned, running }: Waiting, forReady = true): void {
    if ((ready && forReady) || orphaned) this.#alarm.by(Date.now());
    if (dueAt !== undefined) this.#alarm.by(dueAt);
    if (running) this.#alarm.by(Date.now() + WATCH_MS);
  }
}

type Waits = Pick<Extract<Job, { ready: boolean }>, "ready" | "runAt">;

function isWaiting(job: NewJob | Job): job is (NewJob | Job) & Waits {
  return "ready" in job;
}

function wokenAt({ ready, runAt }: Waits): number {
  return ready ? Date.now() : runAt;
}

function reader(port: SqlPort, table: string): (worker: WorkerId) => BeatReply {
  const holds = port.prepare(beatSql(table).holds);
  const known = port.prepare(`SELECT 1 FROM ${tableNames(table).workers} WHERE id = ?`);
  return (worker) => {
    if (known.get(worker) === undefined) return { known: false, holds: [] };
    const held = holds.all(worker);
    return {
      known: true,
      holds: held.map(({ seq, revision }) => ({ seq: Number(seq), revision: Number(revision) })),
    };
  };
}
