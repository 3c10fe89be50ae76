import {
  type Awaitable,
  type BeatReply,
  type Committed,
  type Counts,
  decodeJobId,
  encodeJobId,
  type Instant,
  type Job,
  type ListFilter,
  type Note,
  type Notes,
  type PruneBefore,
  type Replaced,
  type Store,
  type WorkerId,
  type WorkerRecord,
  type Write,
} from "@turno/core";
import { seqOf } from "./job-book.ts";

/**
 * A store as it would be if it left no row number out, as some do where a unique key was taken: by the numbers of jobs
 * goes the jitter of their backoff, so that two stores do the same only where the numbers are the same.
 */
export class NumberedOn implements Store {
  readonly salt: number;
  readonly #store: Store;
  /** The numbers that the store has given, at the place of each: the first is 1. */
  readonly #given: number[] = [0];
  readonly #places = new Map<number, number>();
  #hasGaps = false;

  constructor(store: Store) {
    this.#store = store;
    this.salt = store.salt;
  }

  commit(write: Write): Awaitable<Committed> {
    const { note, replace } = write;
    const given = this.#hasGaps
      ? {
          ...write,
          note: note?.map((each): Note => ({ ...each, seq: this.#numberAt(each.seq) })),
          replace: replace?.map((job) => this.#toStore(job)),
        }
      : write;
    return after(this.#store.commit(given), (answer) => this.#committed(answer));
  }

  join(worker: { readonly leaseMs: number }): Awaitable<WorkerId> {
    return this.#store.join(worker);
  }

  beat(worker: WorkerId): Awaitable<BeatReply> {
    return after(this.#store.beat(worker), ({ known, holds }) => ({
      known,
      holds: holds.map(({ seq, revision }) => ({ seq: this.#placeOf(seq), revision })),
    }));
  }

  leave(worker: WorkerId, beat?: number): Awaitable<boolean> {
    return this.#store.leave(worker, beat);
  }

  workers(): Awaitable<readonly WorkerRecord[]> {
    return this.#store.workers();
  }

  get(seqs: readonly number[]): Awaitable<readonly (Job | undefined)[]> {
    return after(this.#store.get(this.#numbersAt(seqs)), (jobs) =>
      jobs.map((job) => job && this.#fromStore(job)),
    );
  }

  notes(seqs: readonly number[]): Awaitable<readonly (Notes | undefined)[]> {
    return this.#store.notes(this.#numbersAt(seqs));
  }

  list({ beforeSeq, ...filter }: ListFilter): Awaitable<readonly Job[]> {
    const before = beforeSeq === undefined ? {} : { beforeSeq: this.#numberAt(beforeSeq) };
    return after(this.#store.list({ ...filter, ...before }), (jobs) =>
      jobs.map((job) => this.#fromStore(job)),
    );
  }

  counts(): Awaitable<Counts> {
    return this.#store.counts();
  }

  nextDueAt(): Awaitable<Instant | undefined> {
    return this.#store.nextDueAt();
  }

  pause(change?: {
    readonly type: string;
    readonly paused: boolean;
  }): Awaitable<readonly string[]> {
    return this.#store.pause(change);
  }

  prune(request: { readonly before: PruneBefore; readonly limit: number }): Awaitable<number> {
    return this.#store.prune(request);
  }

  close(): Awaitable<void> {
    return this.#store.close();
  }

  #committed(answer: Committed): Committed {
    for (const { id, added } of answer.added) if (added) this.#number(seqOf(id));
    if (!this.#hasGaps) return answer;
    const { replaced, added, claimed, workerKnown } = answer;
    return {
      replaced: replaced.map(
        (outcome): Replaced =>
          typeof outcome === "string" ? outcome : { keyHeldBy: this.#idOf(outcome.keyHeldBy) },
      ),
      added: added.map(({ id, ...one }) => ({ ...one, id: this.#idOf(id) })),
      claimed: claimed.map((job) => this.#fromStore(job)),
      workerKnown,
    };
  }

  #number(seq: number): void {
    const latest = this.#given.at(-1) ?? 0;
    if (seq <= latest) throw new Error(`row numbers rise, but ${seq} comes after ${latest}`);
    this.#places.set(seq, this.#given.length);
    this.#hasGaps ||= seq !== this.#given.length;
    this.#given.push(seq);
  }

  #toStore(job: Job): Job {
    const seq = this.#numberAt(job.seq);
    return { ...job, seq, id: encodeJobId({ createdAt: job.createdAt, salt: this.salt, seq }) };
  }

  #fromStore<J extends Job>(job: J): J {
    if (!this.#hasGaps) return job;
    return { ...job, seq: this.#placeOf(job.seq), id: this.#idOf(job.id) };
  }

  #idOf(id: string): string {
    const parts = decodeJobId(id);
    return parts === undefined ? id : encodeJobId({ ...parts, seq: this.#placeOf(parts.seq) });
  }

  #numbersAt(places: readonly number[]): readonly number[] {
    return this.#hasGaps ? places.map((place) => this.#numberAt(place)) : places;
  }

  #numberAt(place: number): number {
    const last = this.#given.length - 1;
    return place <= last ? (this.#given[place] ?? 0) : (this.#given[last] ?? 0) + place - last;
  }

  #placeOf(seq: number): number {
    return this.#places.get(seq) ?? seq;
  }
}

function after<T, U>(answer: Awaitable<T>, then: (answer: T) => U): Awaitable<U> {
  return answer instanceof Promise ? answer.then(then) : then(answer);
}
