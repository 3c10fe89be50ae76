import {
  type BeatReply,
  type ClaimRequest,
  type Committed,
  DUE_PER_CLAIM,
  enqueued,
  type Job,
  type NewJob,
  type PruneBefore,
  type RunningJob,
  type Store,
  type WorkerId,
  type WorkerRecord,
  type Write,
} from "@turno/core";
import { holds } from "../model/model.ts";
import { checkMove } from "./check-move.ts";
import type { Diary } from "./diary.ts";
import { expectedClaim } from "./expected-claim.ts";
import { JobBook, seqOf, short } from "./job-book.ts";
import type { Process } from "./process.ts";
import { Roll } from "./roll.ts";
import type { Timeline } from "./timeline.ts";
import type { Method } from "./method.ts";

/** What a store must have by all that it has answered, in the order in which it was done; accuses what does not fit. */
export class Ledger {
  readonly book = new JobBook();
  readonly roll: Roll;
  readonly paused = new Set<string>();
  readonly #diary: Diary;
  readonly #payloads = new Set<string>();
  #lastSeq = 0;
  /** So many finished jobs of the book are pruned already: where a prune is limited, nobody says which they are. */
  #goneUnseen = 0;

  constructor(timeline: Timeline, diary: Diary) {
    this.#diary = diary;
    this.roll = new Roll(timeline, diary, this.book);
  }

  /** The store has carried out this call. */
  write(by: Process, method: Method, args: readonly unknown[], answer: unknown): void {
    const [first, second] = args;
    switch (method) {
      case "commit":
        return this.#commit(by, first as Write, answer as Committed);
      case "join":
        return this.roll.join(by, (first as WorkerRecord).leaseMs, answer as WorkerId);
      case "beat":
        return this.roll.beat(first as WorkerId, answer as BeatReply);
      case "leave":
        return this.roll.leave(
          by,
          first as WorkerId,
          second as number | undefined,
          answer as boolean,
        );
      case "workers":
        return this.#expect("workers tells of every worker", (answer as []).length, this.roll.size);
      case "get":
        return this.#get(first as readonly number[], answer as readonly (Job | undefined)[]);
      case "prune":
        return this.#prune(first as Parameters<Store["prune"]>[0], answer as number);
      case "pause":
        return this.#pause(first as Parameters<Store["pause"]>[0], answer as readonly string[]);
      case "nextDueAt":
        return this.#nextDueAt(answer as number | undefined);
      case "list":
      case "counts":
      case "notes":
        return;
    }
  }

  #commit(by: Process, write: Write, { replaced, added, claimed, workerKnown }: Committed): void {
    const { replace = [], add = [], claim, now } = write;
    for (const [index, job] of replace.entries()) this.#replace(by, job, replaced[index]);
    for (const [index, job] of add.entries()) this.#add(by, job, added[index]);
    if (claim === undefined) return;
    const isKnown = this.roll.has(claim.worker);
    this.#expect("a commit tells whether the worker is known", workerKnown, isKnown, claim);
    this.#claim(by, claim, claimed, isKnown ? now : undefined);
  }

  #replace(by: Process, job: Job, outcome: Committed["replaced"][number] | undefined): void {
    const stored = this.book.jobs.get(job.seq);
    const holder = holds(job) ? this.book.holderOf(job) : undefined;
    const isTaken = holder !== undefined && holder !== job.seq;
    const isCurrent = stored?.revision === job.revision - 1;
    const expected = !isCurrent ? "stale" : isTaken ? "key taken" : "written";
    const actual = typeof outcome === "object" ? "key taken" : outcome;
    const about = () => ({ job: short(job), stored: short(stored), by: by.name });
    if (actual === "stale" && this.#mayBeGone(stored)) return;
    if (actual !== expected)
      this.#accuse("a write is refused where its revision has moved on, and only there", {
        ...about(),
        expected,
        actual,
      });
    if (actual === "stale") this.#diary.met("a stale write was refused");
    if (actual === "key taken") this.#diary.met("a unique key was taken");
    if (actual !== "written" || stored === undefined) return;
    const holding = "worker" in stored ? stored.worker : 0;
    const isByHolder = this.roll.ownerOf(holding) === by;
    const { met, broken } = checkMove(stored, job, {
      isHolderKnown: this.roll.has(holding),
      isByHolder,
    });
    for (const situation of met) this.#diary.met(situation);
    if (broken !== undefined) this.#accuse(broken, about());
    this.book.keep(job, by);
  }

  #add(by: Process, job: NewJob, given: Committed["added"][number] | undefined): void {
    const holder = this.book.holderOf(job);
    const mayBeFree = holder !== undefined && this.#mayBeGone(this.book.jobs.get(holder));
    if (!(mayBeFree && given?.added === true))
      this.#expect(
        "a job is added unless its key is taken",
        given?.added,
        holder === undefined,
        job,
      );
    if (given === undefined) return;
    const seq = seqOf(given.id);
    if (!given.added) {
      this.#diary.met("a unique key was taken");
      return this.#expect("who holds a key is named", seq, holder, job);
    }
    if (seq <= this.#lastSeq) this.#accuse("row numbers rise", { seq, last: this.#lastSeq });
    if (this.#payloads.has(job.payload)) this.#accuse("what is enqueued once is stored once", job);
    if (job.ready && job.runAt > job.createdAt) this.#accuse("what is not due is not ready", job);
    this.#payloads.add(job.payload);
    this.#lastSeq = Math.max(seq, this.#lastSeq);
    this.book.keep(enqueued(job, seq, given.id), by);
  }

  /** `now` is undefined where the worker is not known. */
  #claim(by: Process, claim: ClaimRequest, claimed: readonly RunningJob[], now?: number): void {
    if (now !== undefined) this.#makeDueReady(now);
    const { seqs, passedOver } = expectedClaim(claim, this.book.waiting.values(), this.paused);
    const expected = now === undefined ? "" : seqs.join();
    const actual = claimed.map(({ seq }) => seq).join();
    this.#expect("a claim takes what is ready, in claim order", actual, expected, claim);
    if (passedOver) this.#diary.met("a claim passed over a paused type");
    for (const job of claimed) this.#start(by, claim.worker, job);
  }

  #start(by: Process, worker: WorkerId, job: RunningJob): void {
    const stored = this.book.jobs.get(job.seq);
    const fits =
      job.state === "running" &&
      job.revision === (stored?.revision ?? 0) + 1 &&
      job.attempt === (stored?.attempt ?? 0) + 1 &&
      job.payload === stored?.payload &&
      job.worker === worker;
    const about = () => ({ job: short(job), stored: short(stored) });
    if (!fits) this.#accuse("a claim starts jobs as they wait, each for one worker", about());
    if (job.attempt > job.maxAttempts) this.#accuse("attempts never exceed maxAttempts", about());
    this.book.claimed(job, by);
    this.book.keep(job, by);
  }

  #get(seqs: readonly number[], jobs: readonly (Job | undefined)[]): void {
    for (const [index, seq] of seqs.entries()) {
      const [actual, expected] = [jobs[index], this.book.jobs.get(seq)];
      if (actual === undefined && this.#mayBeGone(expected)) continue;
      if (expected?.revision !== actual?.revision || expected?.state !== actual?.state)
        this.#accuse("a store keeps its jobs", {
          seq,
          expected: short(expected),
          actual: short(actual),
        });
    }
  }

  #prune({ before, limit }: Parameters<Store["prune"]>[0], count: number): void {
    const old = [...this.book.jobs.values()].filter(
      (job) => job.seq !== this.#lastSeq && isOld(job, before),
    );
    const least = Math.min(limit, Math.max(0, old.length - this.#goneUnseen));
    const most = Math.min(limit, old.length);
    if (count < least || count > most)
      this.#accuse("what is old is pruned, and nothing else", { count, least, most, before });
    if (count > 0) this.#diary.met("a job was pruned");
    if (count === limit && count < old.length) {
      this.#goneUnseen += count;
      return;
    }
    // It went through all of them: none is left, and those that it did not count were gone before.
    this.#goneUnseen = Math.max(0, this.#goneUnseen - (old.length - count));
    for (const job of old) this.book.drop(job);
  }

  #mayBeGone(job: Job | undefined): boolean {
    return this.#goneUnseen > 0 && job !== undefined && "finishedAt" in job;
  }

  #pause(change: Parameters<Store["pause"]>[0], paused: readonly string[]): void {
    if (change?.paused === true) this.paused.add(change.type);
    if (change?.paused === false) this.paused.delete(change.type);
    this.#expect("pause tells which types are paused", paused.length, this.paused.size, paused);
  }

  #nextDueAt(answer: number | undefined): void {
    let earliest: number | undefined;
    for (const { ready, runAt } of this.book.waiting.values())
      if (!ready && (earliest === undefined || runAt < earliest)) earliest = runAt;
    this.#expect("nextDueAt tells when the next job is due", answer, earliest);
  }

  #makeDueReady(now: number): void {
    const due = [...this.book.waiting.values()].filter(
      ({ ready, runAt }) => !ready && runAt <= now,
    );
    due.sort((a, b) => a.runAt - b.runAt || a.seq - b.seq);
    for (const job of due.slice(0, DUE_PER_CLAIM)) this.book.put({ ...job, ready: true });
  }

  #expect(promise: string, actual: unknown, expected: unknown, about?: unknown): void {
    if (actual !== expected) this.#accuse(promise, { actual, expected, about });
  }

  #accuse(promise: string, about: unknown): void {
    this.#diary.accuse(promise, JSON.stringify(about));
  }
}

function isOld(job: Job, before: PruneBefore): boolean {
  if (!("finishedAt" in job)) return false;
  return job.finishedAt <= (before[job.state] ?? Number.NEGATIVE_INFINITY);
}
