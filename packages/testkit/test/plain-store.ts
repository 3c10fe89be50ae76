import {
  type Added,
  type AdoptedBatch,
  type AdoptedJob,
  type AdoptedSource,
  type Adopter,
  type Adoption,
  type BeatReply,
  beginAdoption,
  type ClaimRequest,
  type ClaimVerdict,
  claimPicker,
  type Committed,
  compareClaimOrder,
  type Counts,
  DUE_PER_CLAIM,
  encodeJobId,
  enqueued,
  holdsKey,
  type Instant,
  isPrunable,
  type Job,
  JOB_STATES,
  type ListFilter,
  movedOver,
  type MoveRecord,
  type NewJob,
  type Note,
  noted,
  type Notes,
  type PruneBefore,
  refuseWhileMoving,
  type Replaced,
  type RunningJob,
  start,
  type Store,
  takesNote,
  type WaitingJob,
  type WorkerId,
  type WorkerRecord,
  type Write,
} from "@turno/core";

type Keyed = Pick<Job, "type" | "uniqueKey" | "uniqueUntil" | "state">;

/**
 * The plainest asynchronous store: a map, searched from end to end. Each promise is kept in a method of its own, so
 * that a faulty store is this one with one method spoiled.
 */
export class PlainStore implements Store {
  salt = 12_345_678_901;
  readonly adopter: Adopter = {
    begin: async (source) => this.begin(source),
    take: async (run, batch) => this.take(run, batch),
    end: async (run, last) => this.end(run, last),
  };
  protected readonly jobs = new Map<number, Job>();
  protected readonly known = new Map<WorkerId, { beat: number; leaseMs: number }>();
  protected readonly noted = new Map<number, Notes>();
  protected readonly paused = new Set<string>();
  protected lastSeq = 0;
  protected lastWorker = 0;
  protected move: MoveRecord | undefined;

  async commit({ now, note = [], replace = [], add = [], claim }: Write): Promise<Committed> {
    this.refuseWrites("commit");
    this.beginCommit();
    for (const each of note) this.note(structuredClone(each));
    const replaced = replace.map((job) => this.replace(structuredClone(job)));
    const added = add.map((job) => this.add(structuredClone(job)));
    const workerKnown = claim === undefined || this.known.has(claim.worker);
    const claimed = claim !== undefined && workerKnown ? this.claim(claim, now) : [];
    return { replaced, added, claimed: this.handOut(claimed), workerKnown };
  }

  async join({ leaseMs }: { readonly leaseMs: number }): Promise<WorkerId> {
    this.refuseWrites("join");
    const id = this.nextWorker();
    this.known.set(id, { beat: 0, leaseMs });
    return id;
  }

  async beat(worker: WorkerId): Promise<BeatReply> {
    const record = this.known.get(worker);
    if (record === undefined) return { known: false, holds: [] };
    record.beat += 1;
    return {
      known: true,
      holds: this.heldBy(worker).map(({ seq, revision }) => ({ seq, revision })),
    };
  }

  async leave(worker: WorkerId, beat?: number): Promise<boolean> {
    const record = this.known.get(worker);
    if (record === undefined || (beat !== undefined && beat !== record.beat)) return false;
    return this.known.delete(worker);
  }

  async workers(): Promise<readonly WorkerRecord[]> {
    return Array.from(this.known, ([id, record]) => ({ id, ...record, gone: false }));
  }

  async get(seqs: readonly number[]): Promise<readonly (Job | undefined)[]> {
    return this.handOut(seqs.map((seq) => this.jobs.get(seq)));
  }

  async notes(seqs: readonly number[]): Promise<readonly (Notes | undefined)[]> {
    return this.handOut(seqs.map((seq) => this.noted.get(seq)));
  }

  async list(filter: ListFilter): Promise<readonly Job[]> {
    const found = this.all().filter((job) => this.passes(job, filter));
    return this.handOut(found.sort(this.listOrder).slice(0, filter.limit));
  }

  async counts(): Promise<Counts> {
    const count = (state: Job["state"]) => this.all().filter((job) => job.state === state).length;
    return Object.fromEntries(JOB_STATES.map((state) => [state, count(state)])) as Counts;
  }

  async nextDueAt(): Promise<Instant | undefined> {
    const instants = this.waiting().flatMap(({ ready, runAt }) => (ready ? [] : [runAt]));
    return instants.length === 0 ? undefined : Math.min(...instants);
  }

  async pause(change?: { readonly type: string; readonly paused: boolean }) {
    if (change !== undefined) this.refuseWrites("pause");
    if (change?.paused === true) this.paused.add(change.type);
    if (change?.paused === false) this.paused.delete(change.type);
    return [...this.paused];
  }

  async prune({ before, limit }: { readonly before: PruneBefore; readonly limit: number }) {
    this.refuseWrites("prune");
    const old = this.all().filter((job) => this.mayGo(job, before));
    const gone = old.slice(0, limit);
    for (const { seq } of gone) this.forget(seq);
    return gone.length;
  }

  async close(): Promise<void> {}

  protected beginCommit(): void {}

  protected refuseWrites(_method: string): void {
    refuseWhileMoving(this.move, "this store");
  }

  protected begin(source: AdoptedSource): Adoption {
    const target = { name: "this store", salt: this.salt, move: this.move, isUsed: this.isUsed() };
    const adoption = beginAdoption(target, source);
    if (this.move === undefined) this.pauseAll(source);
    this.salt = source.salt;
    this.move = adoption;
    return adoption;
  }

  protected isUsed(): boolean {
    return this.lastSeq > 0 || this.known.size > 0;
  }

  protected pauseAll({ paused }: AdoptedSource): void {
    for (const type of paused) this.paused.add(type);
  }

  protected take(run: number, { jobs, gone }: AdoptedBatch): void {
    if (movedOver(this.move, run, "this store")) return;
    for (const seq of gone) this.forget(seq);
    for (const each of jobs) this.adopt(structuredClone(each));
  }

  protected adopt({ job, notes }: AdoptedJob): void {
    const holder = this.holderOf(job);
    if (holder !== undefined) this.forget(holder.seq);
    this.forget(job.seq);
    this.jobs.set(job.seq, job);
    if (notes !== undefined) this.noted.set(job.seq, notes);
  }

  protected end(run: number, last: { readonly seq: number; readonly worker: WorkerId }): void {
    if (movedOver(this.move, run, "this store")) return;
    this.lastSeq = last.seq;
    this.lastWorker = last.worker;
    this.move = { run, endedAt: last.seq };
  }

  protected forget(seq: number): void {
    this.jobs.delete(seq);
    this.noted.delete(seq);
  }

  protected note(note: Note): void {
    if (!this.takesNote(note)) return;
    this.noted.set(note.seq, noted(this.noted.get(note.seq), note));
  }

  protected takesNote(note: Note): boolean {
    return takesNote(this.jobs.get(note.seq), note);
  }

  protected replace(job: Job): Replaced {
    const stored = this.jobs.get(job.seq);
    if (stored === undefined || this.isStale(stored, job)) return "stale";
    const holder = this.holderOf(job);
    if (holder !== undefined && holder.seq !== job.seq) return { keyHeldBy: holder.id };
    this.write(job);
    return "written";
  }

  protected isStale(stored: Job, job: Job): boolean {
    return stored.revision !== job.revision - 1;
  }

  protected write(job: Job): void {
    this.jobs.set(job.seq, job);
  }

  protected add(job: NewJob): Added {
    const holder = this.holderOf({ ...job, state: "pending" });
    if (holder !== undefined) return { id: holder.id, added: false };
    const seq = this.nextSeq();
    const id = encodeJobId({ createdAt: job.createdAt, salt: this.salt, seq });
    this.jobs.set(seq, enqueued(job, seq, id));
    return { id, added: true };
  }

  protected nextSeq(): number {
    this.lastSeq += 1;
    return this.lastSeq;
  }

  protected nextWorker(): WorkerId {
    this.lastWorker += 1;
    return this.lastWorker;
  }

  protected holderOf(job: Keyed): Job | undefined {
    if (!this.holds(job)) return undefined;
    return this.all().find((other) => this.holds(other) && this.isSameKey(job, other));
  }

  protected holds(job: Keyed): boolean {
    return holdsKey(job);
  }

  protected isSameKey(a: Keyed, b: Keyed): boolean {
    return a.type === b.type && a.uniqueKey === b.uniqueKey;
  }

  protected claim(request: ClaimRequest, now: Instant): RunningJob[] {
    this.makeDueReady(request, now);
    const verdictOn = this.picker(request);
    const claimed: RunningJob[] = [];
    for (const job of this.claimable(request, now).sort(this.claimOrder)) {
      const verdict = verdictOn(job);
      if (verdict === "stop") break;
      if (verdict === "take") claimed.push(this.start(job, request.worker, now));
    }
    for (const job of claimed) this.jobs.set(job.seq, job);
    return claimed;
  }

  protected claimable({ types }: ClaimRequest, now: Instant): WaitingJob[] {
    return this.waiting().filter(
      (job) =>
        this.isReady(job, now) &&
        !this.paused.has(job.type) &&
        (types === undefined || types.includes(job.type)),
    );
  }

  protected isReady(job: WaitingJob, _now: Instant): boolean {
    return job.ready;
  }

  protected picker(request: ClaimRequest): (job: WaitingJob) => ClaimVerdict {
    return claimPicker(request);
  }

  protected claimOrder: (a: WaitingJob, b: WaitingJob) => number = compareClaimOrder;

  protected start(job: WaitingJob, worker: WorkerId, now: Instant): RunningJob {
    return start(job, worker, now);
  }

  protected makeDueReady(_request: ClaimRequest, now: Instant): void {
    const due = this.waiting().filter((job) => !job.ready && this.isDue(job, now));
    due.sort(this.dueOrder);
    for (const job of due.slice(0, DUE_PER_CLAIM)) this.jobs.set(job.seq, { ...job, ready: true });
  }

  protected isDue({ runAt }: WaitingJob, now: Instant): boolean {
    return runAt <= now;
  }

  protected dueOrder = (a: WaitingJob, b: WaitingJob): number => a.runAt - b.runAt || a.seq - b.seq;

  protected heldBy(worker: WorkerId): Job[] {
    return this.all().filter((job) => job.state === "running" && job.worker === worker);
  }

  protected passes(
    job: Job,
    { states, types, orphaned, beforeSeq = Infinity }: ListFilter,
  ): boolean {
    return (
      job.seq < beforeSeq &&
      states?.includes(job.state) !== false &&
      types?.includes(job.type) !== false &&
      (orphaned !== true || (job.state === "running" && !this.known.has(job.worker)))
    );
  }

  protected listOrder = (a: Job, b: Job): number => b.seq - a.seq;

  protected mayGo(job: Job, before: PruneBefore): boolean {
    return isPrunable(job, before) && job.seq !== this.lastSeq;
  }

  protected handOut<T>(jobs: T): T {
    return structuredClone(jobs);
  }

  protected all(): Job[] {
    return [...this.jobs.values()].sort((a, b) => a.seq - b.seq);
  }

  protected waiting(): WaitingJob[] {
    return this.all().filter((job): job is WaitingJob => "ready" in job);
  }
}
