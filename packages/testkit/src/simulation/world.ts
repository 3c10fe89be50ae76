import type { Enqueued, EnqueueItem, Job, Store } from "@turno/core";
import type { Told } from "../history/event.ts";
import { pickFrom } from "../property/pick.ts";
import { Bells } from "./bells.ts";
import { chance } from "./chance.ts";
import { Diary } from "./diary.ts";
import type { Jobs } from "./jobs.ts";
import { Ledger } from "./ledger.ts";
import type { Process } from "./process.ts";
import type { Claimed, Held, Run } from "./run.ts";
import type { Act, Script, Wish, WorldOptions } from "./script.ts";
import { Timeline } from "./timeline.ts";
import { Trace } from "./trace.ts";

/** What the processes of a simulation share, and what is known of them. */
export class World {
  readonly store: Store;
  readonly seed: number;
  readonly options: WorldOptions;
  readonly timeline = new Timeline();
  readonly diary = new Diary(this.timeline);
  readonly ledger = new Ledger(this.timeline, this.diary);
  readonly trace: Trace;
  readonly bells: Bells;
  /** What was claimed by hand. */
  readonly held: Held[] = [];
  readonly #ids: string[] = [];
  readonly #runsOf = new Map<string, number>();
  readonly #running = new Map<string, Set<Run>>();
  readonly #told = new Set<string>();
  #items = 0;
  #calls = 0;
  #runs = 0;
  #rings = 0;

  constructor(store: Store, { seed, world }: Pick<Script, "seed" | "world">, isTraced: boolean) {
    this.store = store;
    this.seed = seed;
    this.options = world;
    this.trace = new Trace(isTraced, (worker) => this.ledger.roll.placeOf(worker));
    this.bells = new Bells(this.timeline, () => chance(seed, -1, this.#rings++));
  }

  /** The job that a producer hands in for a wish. */
  itemOf({ type, plan, ...options }: Wish) {
    return { type, payload: { n: ++this.#items, plan }, ...options } satisfies EnqueueItem<Jobs>;
  }

  nextCall(): string {
    return `call ${++this.#calls}`;
  }

  nextRun(): string {
    return `run ${++this.#runs}`;
  }

  enqueued({ id, added }: Enqueued, payload: string): void {
    const stored = this.ledger.book.payloadOf(id);
    if (stored === undefined || (added && stored !== payload))
      this.diary.accuse("what is acknowledged is stored", `${id} for ${payload}`);
    this.#ids.push(id);
  }

  /** One of the jobs of late. */
  pickId(pick: number): string | undefined {
    return pickFrom(this.#ids.slice(-LATE), pick);
  }

  /** What a job's handler does in this run. */
  nextAct({ id, payload }: Claimed): Act {
    const before = this.#runsOf.get(id) ?? 0;
    this.#runsOf.set(id, before + 1);
    return payload.plan[before] ?? { act: "work", ms: 0, notes: false };
  }

  begun(run: Run): void {
    const { job, process, claim } = run;
    this.trace.add(process.name, "starts", [job.id, job.attempt]);
    if (claim === undefined)
      this.diary.accuse("each claim starts one handler at the most", `${run.name} of ${job.id}`);
    const others = this.#running.get(job.id);
    if (others === undefined) this.#running.set(job.id, new Set([run]));
    else {
      for (const other of others) if (other.process.isDead) others.delete(other);
      if (others.size > 0) this.diary.met("a job ran twice at the same time");
      for (const other of others) this.#checkOverlap(other, run);
      others.add(run);
    }
  }

  /** Of a job that runs twice, the older claim was cancelled or lost, or its time was over. */
  #checkOverlap(one: Run, other: Run): void {
    if (one.claim === undefined || other.claim === undefined) return;
    const isFirst = one.claim.revision < other.claim.revision;
    const older = isFirst ? one : other;
    const revision = Math.min(one.claim.revision, other.claim.revision);
    const next = this.ledger.book.record(older.job.id, revision + 1);
    const isOver = next?.state === "cancelled" || OVER.has(next?.failures.at(-1)?.kind ?? "none");
    if (isOver || older.isByHand) return;
    this.diary.accuse(
      "two handlers run a job only if the one that had it first has lost it",
      `${one.name} and ${other.name} run ${older.job.id}`,
    );
  }

  ended(run: Run): void {
    this.trace.add(run.process.name, "ends", [run.job.id]);
    const running = this.#running.get(run.job.id);
    running?.delete(run);
    if (running?.size === 0) this.#running.delete(run.job.id);
  }

  /** A worker says that it holds the job no more. */
  lost(process: Process, id: string): void {
    if (process.isDead) return;
    this.trace.add(process.name, "tells", ["lost", id]);
    this.diary.met("a handler was told that its job was lost");
    this.diary.note(process.name, { kind: "told", event: "lost", id });
    const { book } = this.ledger;
    const claim = book.onlyClaimOf(process, id);
    if (claim === undefined) return;
    const next = book.record(id, claim.revision + 1);
    const isCancelled = next?.state === "cancelled";
    const isAbandoned = next?.failures.at(-1)?.kind === "abandoned";
    // What has changed since then hides from a worker what it has settled, if the answer to that was lost.
    const isOwn = next !== undefined && book.isBy(process, next) && book.get(id) === next;
    if (next === undefined || (isOwn && !isCancelled && !isAbandoned))
      this.diary.accuse("only what is lost is told to be", `${id} of ${process.name}`);
  }

  told(process: Process, name: Told["event"], job: Job): void {
    if (process.isDead) return;
    const { id, attempt, revision, state } = job;
    const what = `${process.name} told that ${id} was ${name}, with revision ${revision}`;
    this.trace.add(process.name, "tells", [name, id, revision]);
    const isNamedSo = name === state || !["completed", "failed", "dead"].includes(name);
    if (!isNamedSo || this.ledger.book.record(id, revision)?.state !== state)
      this.diary.accuse("what is told is stored", what);
    if (this.#told.has(`${id} ${revision}`)) this.diary.accuse("nothing is told twice", what);
    this.#told.add(`${id} ${revision}`);
    const isPutBack = name === "snoozed" || name === "released";
    const event = name === "abandoned" && state === "dead" ? "abandoned dead" : name;
    this.diary.note(process.name, {
      kind: "told",
      event,
      id,
      attempt: isPutBack ? attempt + 1 : attempt,
    });
  }
}

/** Why a job may run again though its handler has not ended. */
const OVER = new Set(["abandoned", "timeout"]);

const LATE = 40;
