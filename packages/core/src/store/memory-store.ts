import { compareClaimOrder } from "../job/claim-order.ts";
import { checkOptionNames } from "../job/check-option-names.ts";
import { claimPicker } from "../job/claim-picker.ts";
import type { Counts } from "../job/format-summary.ts";
import type { WorkerRecord } from "../job/given-up.ts";
import { holdsKey } from "../job/holds-key.ts";
import type { Instant } from "../job/instant.ts";
import {
  enqueued,
  type Job,
  type NewJob,
  type RunningJob,
  type WaitingJob,
  type WorkerId,
} from "../job/job.ts";
import { encodeJobId, saltBy } from "../job/job-id.ts";
import { type Note, noted, type Notes, takesNote } from "../job/notes.ts";
import { isPrunable, type PruneBefore } from "../job/retention.ts";
import { start } from "../job/start.ts";
import { JOB_STATES } from "../job/state.ts";
import type { AdoptedBatch, AdoptedSource, Adopter, Adoption } from "./adopter.ts";
import { copyOf, copyOfNotes } from "./copy-of.ts";
import type { Examination, ReadyJobs } from "./examination.ts";
import { beginAdoption, type MoveRecord, movedOver, refuseWhileMoving } from "./move-record.ts";
import { SortedList } from "./sorted-list.ts";
import {
  type Added,
  type BeatReply,
  type ClaimRequest,
  type Committed,
  DUE_PER_CLAIM,
  type ListFilter,
  type Replaced,
  type Store,
  type Write,
} from "./store.ts";

const NAMES = new Set(["random"]);
const NAME = "this MemoryStore";

/** Keeps jobs in memory: for tests, and for work that may be lost with its process. */
export class MemoryStore implements Store {
  readonly adopter: Adopter = {
    begin: (source) => this.#begin(source),
    take: (run, batch) => this.#take(run, batch),
    end: (run, last) => this.#end(run, last),
  };
  #salt: number;
  #move: MoveRecord | undefined;
  readonly #jobs = new Map<number, Job>();
  readonly #notes = new Map<number, Notes>();
  readonly #keys = new Map<string, Job>();
  readonly #ready = new Map<string, SortedList<WaitingJob>>();
  readonly #due = new SortedList<WaitingJob>((a, b) => a.runAt - b.runAt || a.seq - b.seq);
  readonly #workers = new Map<WorkerId, { beat: number; readonly leaseMs: number }>();
  readonly #paused = new Set<string>();
  #lastSeq = 0;
  #lastWorker = 0;

  /** `random` gives numbers from 0 to 1; the first makes the salt of the ids. */
  constructor(options: { readonly random?: () => number } = {}) {
    const { random = Math.random } = checkOptionNames(options, NAMES);
    this.#salt = saltBy(random);
  }

  get salt(): number {
    return this.#salt;
  }

  commit({ now, note = [], replace = [], add = [], claim }: Write): Committed {
    refuseWhileMoving(this.#move, NAME);
    for (const each of note) this.#note(each);
    const replaced = replace.map((job) => this.#replace(copyOf(job)));
    const added = add.map((job) => this.#add(copyOf(job)));
    const workerKnown = claim === undefined || this.#workers.has(claim.worker);
    const claimed = claim !== undefined && workerKnown ? this.#claim(claim, now) : [];
    return { replaced, added, claimed, workerKnown };
  }

  join({ leaseMs }: { readonly leaseMs: number }): WorkerId {
    refuseWhileMoving(this.#move, NAME);
    this.#workers.set(++this.#lastWorker, { beat: 0, leaseMs });
    return this.#lastWorker;
  }

  beat(worker: WorkerId): BeatReply {
    const known = this.#workers.get(worker);
    if (known === undefined) return { known: false, holds: [] };
    known.beat++;
    const holds = this.#select((job) => job.state === "running" && job.worker === worker);
    return { known: true, holds: holds.map(({ seq, revision }) => ({ seq, revision })) };
  }

  leave(worker: WorkerId, beat?: number): boolean {
    if (beat !== undefined && this.#workers.get(worker)?.beat !== beat) return false;
    return this.#workers.delete(worker);
  }

  workers(): readonly WorkerRecord[] {
    return Array.from(this.#workers, ([id, { beat, leaseMs }]) => ({
      id,
      beat,
      leaseMs,
      gone: false,
    }));
  }

  get(seqs: readonly number[]): readonly (Job | undefined)[] {
    return seqs.map((seq) => {
      const job = this.#jobs.get(seq);
      return job && copyOf(job);
    });
  }

  notes(seqs: readonly number[]): readonly (Notes | undefined)[] {
    return seqs.map((seq) => {
      const notes = this.#notes.get(seq);
      return notes && copyOfNotes(notes);
    });
  }

  list({
    states,
    types,
    orphaned = false,
    beforeSeq = Infinity,
    limit,
  }: ListFilter): readonly Job[] {
    const found = this.#select(
      (job) =>
        job.seq < beforeSeq &&
        (states === undefined || states.includes(job.state)) &&
        (types === undefined || types.includes(job.type)) &&
        (!orphaned || (job.state === "running" && !this.#workers.has(job.worker))),
    );
    const page = found.sort((a, b) => b.seq - a.seq).slice(0, limit);
    return page.map((job) => copyOf(job));
  }

  counts(): Counts {
    const counts = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<
      Job["state"],
      number
    >;
    for (const { state } of this.#jobs.values()) counts[state]++;
    return counts;
  }

  nextDueAt(): Instant | undefined {
    return this.#due.first?.runAt;
  }

  pause(change?: { readonly type: string; readonly paused: boolean }): readonly string[] {
    if (change !== undefined) refuseWhileMoving(this.#move, NAME);
    if (change?.paused === true) this.#paused.add(change.type);
    if (change?.paused === false) this.#paused.delete(change.type);
    return [...this.#paused].sort();
  }

  prune({ before, limit }: { readonly before: PruneBefore; readonly limit: number }): number {
    refuseWhileMoving(this.#move, NAME);
    let pruned = 0;
    for (const job of this.#jobs.values()) {
      if (pruned >= limit) break;
      if (job.seq === this.#lastSeq || !isPrunable(job, before)) continue;
      this.#drop(job);
      pruned++;
    }
    return pruned;
  }

  /** Memory is as it is: there is only the backlog to tell of. */
  examine(): Examination {
    const ready = new Map<string, ReadyJobs>();
    for (const job of this.#jobs.values()) {
      if (!("ready" in job) || !job.ready) continue;
      const { count, since } = ready.get(job.type) ?? { count: 0, since: Infinity };
      const { type, runAt } = job;
      ready.set(type, { type, count: count + 1, since: Math.min(since, runAt) });
    }
    return { findings: [], ready: [...ready.values()] };
  }

  close(): void {}

  #begin(source: AdoptedSource): Adoption {
    const isUsed = this.#lastSeq > 0 || this.#workers.size > 0;
    const target = { name: NAME, salt: this.#salt, move: this.#move, isUsed };
    const adoption = beginAdoption(target, source);
    if (this.#move === undefined) for (const type of source.paused) this.#paused.add(type);
    this.#salt = source.salt;
    this.#move = adoption;
    return adoption;
  }

  #take(run: number, { jobs, gone }: AdoptedBatch): void {
    if (movedOver(this.#move, run, NAME)) return;
    for (const seq of [...gone, ...jobs.map(({ job }) => job.seq)]) this.#drop(this.#jobs.get(seq));
    for (const { job, notes } of jobs) {
      this.#drop(this.#holderOf(job));
      this.#keep(copyOf(job));
      if (notes !== undefined) this.#notes.set(job.seq, copyOfNotes(notes));
    }
  }

  #end(run: number, { seq, worker }: { readonly seq: number; readonly worker: WorkerId }): void {
    if (movedOver(this.#move, run, NAME)) return;
    this.#lastSeq = seq;
    this.#lastWorker = Math.max(this.#lastWorker, worker);
    this.#move = { run, endedAt: seq };
  }

  #note(note: Note): void {
    if (!takesNote(this.#jobs.get(note.seq), note)) return;
    this.#notes.set(note.seq, copyOfNotes(noted(this.#notes.get(note.seq), note)));
  }

  #replace(job: Job): Replaced {
    const stored = this.#jobs.get(job.seq);
    if (stored === undefined || stored.revision !== job.revision - 1) return "stale";
    const holder = this.#holderOf(job);
    if (holder !== undefined && holder.seq !== job.seq) return { keyHeldBy: holder.id };
    this.#forget(stored);
    this.#keep(job);
    return "written";
  }

  #add(job: NewJob): Added {
    const holder = this.#holderOf({ ...job, state: "pending" });
    if (holder !== undefined) return { id: holder.id, added: false };
    const seq = ++this.#lastSeq;
    const id = encodeJobId({ createdAt: job.createdAt, salt: this.salt, seq });
    this.#keep(enqueued(job, seq, id));
    return { id, added: true };
  }

  #claim({ worker, types, ...limits }: ClaimRequest, now: Instant): RunningJob[] {
    this.#makeDueReady(now);
    const verdictOn = claimPicker(limits);
    const open = new Set(
      (types ?? [...this.#ready.keys()]).filter((type) => !this.#paused.has(type)),
    );
    const claimed: RunningJob[] = [];
    for (let job = this.#nextReady(open); job !== undefined; job = this.#nextReady(open)) {
      const verdict = verdictOn(job);
      if (verdict === "stop") break;
      if (verdict === "skip type") {
        open.delete(job.type);
        continue;
      }
      const running = start(job, worker, now);
      this.#forget(job);
      this.#keep(running);
      claimed.push(copyOf(running));
    }
    return claimed;
  }

  #makeDueReady(now: Instant): void {
    for (let count = 0; count < DUE_PER_CLAIM; count++) {
      const job = this.#due.first;
      if (job === undefined || job.runAt > now) return;
      this.#forget(job);
      this.#keep({ ...job, ready: true });
    }
  }

  #nextReady(types: ReadonlySet<string>): WaitingJob | undefined {
    let next: WaitingJob | undefined;
    for (const type of types) {
      const first = this.#ready.get(type)?.first;
      if (first !== undefined && (next === undefined || compareClaimOrder(first, next) < 0))
        next = first;
    }
    return next;
  }

  #holderOf(job: Parameters<typeof holdsKey>[0] & Pick<Job, "type">): Job | undefined {
    return holdsKey(job) ? this.#keys.get(keyOf(job)) : undefined;
  }

  #keep(job: Job): void {
    this.#jobs.set(job.seq, job);
    if (holdsKey(job)) this.#keys.set(keyOf(job), job);
    if (job.state === "pending" || job.state === "failed") this.#listOf(job).add(job);
  }

  #forget(job: Job): void {
    this.#jobs.delete(job.seq);
    if (holdsKey(job)) this.#keys.delete(keyOf(job));
    if (job.state === "pending" || job.state === "failed") this.#listOf(job).delete(job);
  }

  #drop(job: Job | undefined): void {
    if (job === undefined) return;
    this.#forget(job);
    this.#notes.delete(job.seq);
  }

  #listOf(job: WaitingJob): SortedList<WaitingJob> {
    if (!job.ready) return this.#due;
    let list = this.#ready.get(job.type);
    if (list === undefined) {
      list = new SortedList<WaitingJob>(compareClaimOrder);
      this.#ready.set(job.type, list);
    }
    return list;
  }

  #select(wanted: (job: Job) => boolean): Job[] {
    return [...this.#jobs.values()].filter(wanted);
  }
}

function keyOf(job: Pick<Job, "type" | "uniqueKey">): string {
  return JSON.stringify([job.type, job.uniqueKey]);
}
