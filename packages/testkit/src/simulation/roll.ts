import type { BeatReply, WorkerId } from "@turno/core";
import type { Diary } from "./diary.ts";
import type { JobBook } from "./job-book.ts";
import type { Process } from "./process.ts";
import type { Timeline } from "./timeline.ts";

interface Member {
  readonly owner: Process;
  readonly leaseMs: number;
  /** When the store last had a sign of its life. */
  lastSignAt: number;
  hasBeaten: boolean;
}

/** The workers that have joined and were not forgotten, and whose they are. */
export class Roll {
  readonly #timeline: Timeline;
  readonly #diary: Diary;
  readonly #book: JobBook;
  readonly #members = new Map<WorkerId, Member>();
  readonly #owners = new Map<WorkerId, Process>();
  readonly #numbers = new Map<WorkerId, number>();

  constructor(timeline: Timeline, diary: Diary, book: JobBook) {
    this.#timeline = timeline;
    this.#diary = diary;
    this.#book = book;
  }

  get size(): number {
    return this.#members.size;
  }

  has(worker: WorkerId): boolean {
    return this.#members.has(worker);
  }

  /** The process whose worker has, or had, this number. */
  ownerOf(worker: WorkerId): Process | undefined {
    return this.#owners.get(worker);
  }

  /** A worker's place in the order in which they have joined: 1, 2, … */
  placeOf(worker: WorkerId): number {
    return this.#numbers.get(worker) ?? 0;
  }

  /** The workers of a process that have beaten; one that never did may be there because a call was repeated. */
  of(process: Process): readonly WorkerId[] {
    return [...this.#members].flatMap(([worker, { owner, hasBeaten }]) =>
      owner === process && hasBeaten ? worker : [],
    );
  }

  join(owner: Process, leaseMs: number, worker: WorkerId): void {
    if (this.#owners.has(worker)) this.#accuse("a worker's number is given once", { worker });
    this.#owners.set(worker, owner);
    this.#numbers.set(worker, this.#numbers.size + 1);
    const lastSignAt = this.#timeline.now;
    this.#members.set(worker, { owner, leaseMs, lastSignAt, hasBeaten: false });
  }

  beat(worker: WorkerId, { known, holds }: BeatReply): void {
    const member = this.#members.get(worker);
    if (known !== (member !== undefined))
      this.#accuse("a beat tells whether the worker is known", { worker, known });
    if (member === undefined) return;
    member.lastSignAt = this.#timeline.now;
    member.hasBeaten = true;
    for (const { seq, revision } of holds) {
      const job = this.#book.jobs.get(seq);
      const isHeld = job?.state === "running" && job.worker === worker && job.revision === revision;
      if (!isHeld) this.#accuse("a beat tells what the worker holds", { worker, seq, revision });
    }
  }

  leave(by: Process, worker: WorkerId, beat: number | undefined, left: boolean): void {
    const member = this.#members.get(worker);
    const isWrong = beat === undefined ? left !== (member !== undefined) : left && !member;
    if (isWrong) this.#accuse("leave says whether the worker was forgotten", { worker, left });
    if (!left || member === undefined) return;
    this.#members.delete(worker);
    if (member.owner !== by) this.#givenUp(worker, member, by);
  }

  #givenUp(worker: WorkerId, member: Member, by: Process): void {
    const { owner, leaseMs, lastSignAt, hasBeaten } = member;
    const silentMs = this.#timeline.now - lastSignAt;
    const isEarly = silentMs < leaseMs - ROUNDING_MS;
    this.#diary.met("a worker was given up");
    if (owner.isDead) {
      if (isEarly) this.#diary.met("a dead worker was given up before its lease was over");
      return;
    }
    this.#diary.met("a worker that lives was given up");
    const about = { worker, of: owner.name, by: by.name, silentMs, leaseMs };
    if (isEarly)
      this.#accuse("a worker that lives is given up only after a lease without a beat", about);
    else if (hasBeaten && owner.troubledAt < lastSignAt)
      this.#accuse("a worker that nothing keeps from beating is not given up", about);
    const { asleepMs, times } = by.asleepSince(lastSignAt);
    // Of each time that it slept it may count a third of the lease.
    if (silentMs - asleepMs + (times * leaseMs) / 3 < leaseMs - ROUNDING_MS)
      this.#accuse("who was asleep counts only the time it has watched", { ...about, asleepMs });
  }

  #accuse(promise: string, about: unknown): void {
    this.#diary.accuse(promise, JSON.stringify(about));
  }
}

const ROUNDING_MS = 0.01;
