import {
  type Added,
  type BeatReply,
  type ClaimRequest,
  type Committed,
  type Counts,
  decodeJobId,
  type Instant,
  type Job,
  type ListFilter,
  type NewJob,
  type Note,
  type Notes,
  type PruneBefore,
  type Replaced,
  type RunningJob,
  type WaitingJob,
  type Write,
} from "@turno/core";

/**
 * A store as plain as can be, which says in other words than core what a store promises. What a store is free to
 * choose, such as the numbers that it gives, the model takes from the store's answer if it is allowed.
 */
export class Model {
  readonly salt: number;
  readonly jobs = new Map<number, Job>();
  readonly workers = new Map<number, { readonly beat: number; readonly leaseMs: number }>();
  readonly notes = new Map<number, Notes>();
  readonly paused = new Set<string>();
  /** Every worker there ever was. */
  readonly everJoined = new Set<number>();
  #newest = 0;

  constructor(salt: number) {
    this.salt = salt;
  }

  /** Another model that holds the same. */
  copy(): Model {
    const copy = new Model(this.salt);
    for (const [seq, job] of this.jobs) copy.jobs.set(seq, job);
    for (const [id, worker] of this.workers) copy.workers.set(id, worker);
    for (const [seq, notes] of this.notes) copy.notes.set(seq, notes);
    for (const type of this.paused) copy.paused.add(type);
    for (const id of this.everJoined) copy.everJoined.add(id);
    copy.#newest = this.#newest;
    return copy;
  }

  /** What a store should have answered to `write`. */
  commit({ now, note = [], replace = [], add = [], claim }: Write, answer: Committed): Committed {
    for (const each of note) this.#note(each);
    const replaced = replace.map((job) => this.#replace(job));
    const added = add.map((job, index) => this.#add(job, answer.added[index]));
    const workerKnown = claim === undefined || this.workers.has(claim.worker);
    const claimed = claim !== undefined && workerKnown ? this.#claim(claim, now) : [];
    return { replaced, added, claimed, workerKnown };
  }

  join(id: number, leaseMs: number, beat: number): void {
    if (this.everJoined.has(id)) throw new Error(`the number ${id} was another worker's`);
    this.everJoined.add(id);
    this.workers.set(id, { beat, leaseMs });
  }

  beatReply(id: number): BeatReply {
    if (!this.workers.has(id)) return { known: false, holds: [] };
    const held = this.#all().filter((job) => job.state === "running" && job.worker === id);
    return { known: true, holds: held.map(({ seq, revision }) => ({ seq, revision })) };
  }

  /** Takes over the beat that the store tells of, which must have risen. */
  beat(id: number, beat = Number.NaN): void {
    const known = this.workers.get(id);
    if (known === undefined) return;
    if (!(beat > known.beat)) throw new Error(`worker ${id}'s beat ${known.beat} is now ${beat}`);
    this.workers.set(id, { ...known, beat });
  }

  leave(id: number, beat: number | undefined): boolean {
    const known = this.workers.get(id);
    if (known === undefined || (beat !== undefined && beat !== known.beat)) return false;
    return this.workers.delete(id);
  }

  list({ states, types, orphaned, beforeSeq, limit }: ListFilter): Job[] {
    let jobs = this.#all().reverse();
    if (states !== undefined) jobs = jobs.filter(({ state }) => states.includes(state));
    if (types !== undefined) jobs = jobs.filter(({ type }) => types.includes(type));
    if (beforeSeq !== undefined) jobs = jobs.filter(({ seq }) => seq < beforeSeq);
    if (orphaned === true) {
      jobs = jobs.filter((job) => job.state === "running" && !this.workers.has(job.worker));
    }
    return jobs.slice(0, limit);
  }

  counts(): Counts {
    const counts = { pending: 0, failed: 0, running: 0, completed: 0, dead: 0, cancelled: 0 };
    for (const { state } of this.jobs.values()) counts[state] += 1;
    return counts;
  }

  nextDueAt(): Instant | undefined {
    const instants = this.#waiting(false).map(({ runAt }) => runAt);
    return instants.length === 0 ? undefined : Math.min(...instants);
  }

  /** Deletes what the store has deleted, as far as it may; answers with how many it should have. */
  prune(before: PruneBefore, limit: number, left: ReadonlySet<number>): number {
    const old = this.#all().filter(
      (job) =>
        (job.state === "completed" || job.state === "dead" || job.state === "cancelled") &&
        job.finishedAt <= (before[job.state] ?? -1) &&
        job.seq !== this.#newest,
    );
    const gone = old.filter(({ seq }) => !left.has(seq)).slice(0, limit);
    for (const { seq } of gone) {
      this.jobs.delete(seq);
      this.notes.delete(seq);
    }
    return Math.min(limit, old.length);
  }

  /** Another job that holds the key which this one has. */
  rivalOf({
    type,
    uniqueKey,
    seq,
  }: Pick<NewJob, "type" | "uniqueKey"> & { readonly seq?: number }): Job | undefined {
    if (uniqueKey === undefined) return undefined;
    const same = (other: Job) => other.type === type && other.uniqueKey === uniqueKey;
    return this.#all().find((other) => same(other) && holds(other) && other.seq !== seq);
  }

  #note({ seq, revision, progress, log }: Note): void {
    const job = this.jobs.get(seq);
    if (job?.state !== "running" || job.revision !== revision) return;
    const before = this.notes.get(seq) ?? { progress: undefined, log: [] };
    const lines = [...before.log, ...log];
    while (lines.length > 100) lines.shift();
    this.notes.set(seq, {
      progress: progress === undefined ? before.progress : progress,
      log: lines,
    });
  }

  #replace(job: Job): Replaced {
    const stored = this.jobs.get(job.seq);
    if (stored?.revision !== job.revision - 1) return "stale";
    const rival = holds(job) ? this.rivalOf(job) : undefined;
    if (rival !== undefined) return { keyHeldBy: rival.id };
    this.jobs.set(job.seq, job);
    return "written";
  }

  #add({ ready, ...job }: NewJob, answer: Added | undefined): Added {
    const rival = this.rivalOf(job);
    if (rival !== undefined) return { id: rival.id, added: false };
    const id = answer?.id ?? "";
    const seq = this.#allowedSeq(id, job.createdAt);
    const fresh = { state: "pending", attempt: 0, revision: 1, claimedAt: undefined } as const;
    this.jobs.set(seq, { ...job, ...fresh, id, seq, ready, failures: [] });
    this.#newest = seq;
    return { id, added: true };
  }

  #allowedSeq(id: string, createdAt: number): number {
    const { seq = 0, salt, createdAt: time } = decodeJobId(id) ?? {};
    if (salt === this.salt && time === createdAt % 2 ** 48 && seq > this.#newest) return seq;
    throw new Error(`a new job got the id ${id}, which is not one for a job after ${this.#newest}`);
  }

  #claim({ worker, types, limit, limitOf, slots }: ClaimRequest, now: Instant): RunningJob[] {
    this.#makeDueReady(now);
    const claimed: RunningJob[] = [];
    for (const job of this.#waiting(true).sort(inClaimOrder)) {
      if (types?.includes(job.type) === false || this.paused.has(job.type)) continue;
      if (claimed.length === limit) break;
      const ofType = claimed.filter(({ type }) => type === job.type).length;
      if (ofType === limitOf?.get(job.type)) continue;
      const attemptsLeft = job.maxAttempts - job.attempt;
      if (slots !== undefined && claimed.length >= slots && attemptsLeft <= 1) break;
      const { ready: _, ...kept } = job;
      const { attempt, revision } = job;
      const charged = { attempt: attempt + 1, revision: revision + 1 };
      claimed.push({ ...kept, ...charged, state: "running", worker, claimedAt: now });
    }
    for (const job of claimed) this.jobs.set(job.seq, job);
    return claimed;
  }

  #makeDueReady(now: Instant): void {
    const due = this.#waiting(false).filter(({ runAt }) => runAt <= now);
    due.sort((a, b) => a.runAt - b.runAt || a.seq - b.seq);
    for (const job of due.slice(0, 1_000)) this.jobs.set(job.seq, { ...job, ready: true });
  }

  #waiting(ready: boolean): WaitingJob[] {
    const waits = (job: Job): job is WaitingJob =>
      job.state === "pending" || job.state === "failed";
    return this.#all()
      .filter(waits)
      .filter((job) => job.ready === ready);
  }

  #all(): Job[] {
    return [...this.jobs.values()].sort((a, b) => a.seq - b.seq);
  }
}

/** Whether the job, if it has a unique key, holds it. */
export function holds({ state, uniqueUntil }: Pick<Job, "state" | "uniqueUntil">): boolean {
  const finished = state === "completed" || state === "dead" || state === "cancelled";
  return uniqueUntil === "pruned" || !finished;
}

/** Sorts ready jobs as they are claimed. */
export function inClaimOrder(a: WaitingJob, b: WaitingJob): number {
  if (a.priority !== b.priority) return a.priority > b.priority ? -1 : 1;
  if (a.runAt !== b.runAt) return a.runAt < b.runAt ? -1 : 1;
  return a.seq < b.seq ? -1 : 1;
}
