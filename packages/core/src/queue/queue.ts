import { definitionOf } from "../definition/define-jobs.ts";
import type {
  AnyJobs,
  JobDefinitions,
  ResultOutput,
  TypeName,
} from "../definition/job-definition.ts";
import { type JobId, type NotedJob, notedViewOf } from "../definition/job-view.ts";
import { diagnose } from "../doctor/diagnose.ts";
import type { Diagnosis } from "../doctor/diagnosis.ts";
import { Events, type Unsubscribe, type WithErrors } from "../events/events.ts";
import { cancel } from "../job/cancel.ts";
import { checkName } from "../job/check-name.ts";
import { checkOptionNames } from "../job/check-option-names.ts";
import { checkSignal } from "../job/check-signal.ts";
import { complete } from "../job/complete.ts";
import { type Counts, formatSummary } from "../job/format-summary.ts";
import { isFinished, isWaiting, type Job, type RunningJob } from "../job/job.ts";
import { seqOfJobId } from "../job/job-id.ts";
import { checkInstant, dueAt } from "../job/new-job.ts";
import { QueueClosed } from "../job/outcome-error.ts";
import { release, snooze } from "../job/put-back.ts";
import { reschedule } from "../job/reschedule.ts";
import { checkRetention, pruneBefore, type Retention } from "../job/retention.ts";
import { retry } from "../job/retry.ts";
import { checkSnooze, type SnoozeOptions } from "../job/verdict.ts";
import { GroupCommit } from "../store/group-commit.ts";
import { Patience } from "../store/patience.ts";
import { pruneInChunks } from "../store/prune-in-chunks.ts";
import type { Awaitable, Store, Write } from "../store/store.ts";
import { Turn } from "../time/turn.ts";
import { checkHandlers } from "../worker/check-handlers.ts";
import {
  type AnyClaimedJob,
  type ClaimedAs,
  type ClaimedOf,
  heldJob,
} from "../worker/claimed-job.ts";
import type { HeldJob } from "../worker/held-job.ts";
import type { SomeHandlers } from "../worker/handler.ts";
import { resultText, threw } from "../worker/outcome.ts";
import type { Outcome } from "../worker/outcome.ts";
import type { Settled } from "../worker/settled.ts";
import { Worker, type Workplace } from "../worker/worker.ts";
import { resolveWorkerOptions, type WorkerOptions } from "../worker/worker-options.ts";
import { Admission } from "./admission.ts";
import { AwaitedJobs } from "./awaited-jobs.ts";
import { change } from "./change.ts";
import { type ClaimOptions, resolveClaimOptions } from "./claim-options.ts";
import { OwnLoop } from "./own-loop.ts";
import { filterOf, type ListOptions, type Page } from "./page.ts";
import type { Enqueued, EnqueueArguments, EnqueueItem, Producer } from "./producer.ts";
import { type QueueOptions, resolveQueueOptions } from "./queue-options.ts";
import type { ResultArguments } from "./result-arguments.ts";
import { resultOf } from "./result-of.ts";
import { settledBy } from "./settle.ts";
import { Transaction } from "./transaction.ts";
import { admitMany, wantedOf } from "./wanted.ts";

const RESULT_OPTIONS = new Set(["signal"]);

/**
 * Jobs to be done: producers enqueue them, workers claim them. Methods that write resolve once the store has it; what
 * the store cannot do rejects with a `StoreError`, and wrong use with a `TypeError` or `RangeError`.
 */
export class Queue<in out D extends JobDefinitions = AnyJobs>
  implements Producer<D>, AsyncDisposable
{
  readonly #workplace: Workplace;
  readonly #admission: Admission;
  readonly #events = new Events<WithErrors>(["error"]);
  readonly #workers = new Set<Worker<D>>();
  readonly #ownLoop: OwnLoop;
  readonly #awaited: AwaitedJobs;
  #watchReady: Disposable | undefined;
  #watchFinished: Disposable | undefined;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: QueueOptions<D, Store>) {
    const { store, jobs, retention, leaseMs, clock, random } = resolveQueueOptions(options);
    const turn = new Turn(clock);
    const patience = new Patience(clock, random);
    this.#awaited = new AwaitedJobs({ store, clock, turn, patience });
    const group = new GroupCommit({
      store,
      clock,
      turn,
      patience,
      onReplaced: (jobs, outcomes) => this.#awaited.notice(jobs, outcomes),
    });
    this.#workplace = { store, group, clock, turn, patience, retention, definitions: jobs ?? {} };
    this.#admission = new Admission(jobs, () => clock.now());
    this.#ownLoop = new OwnLoop({
      ...this.#workplace,
      leaseMs,
      onError: (error) => this.#events.error(error),
    });
  }

  /** Calls `listener` when something goes wrong behind the calls: while claimed jobs are held by hand. */
  on<K extends keyof WithErrors>(name: K, listener: (event: WithErrors[K]) => void): Unsubscribe {
    return this.#events.on(name, listener);
  }

  async enqueue<T extends TypeName<D>>(
    type: T,
    ...rest: EnqueueArguments<D, T>
  ): Promise<Enqueued<T>> {
    this.#checkOpen();
    const admitted = this.#admission.admit(wantedOf(type, rest));
    const job = admitted instanceof Promise ? await admitted : admitted;
    const { added } = await this.#workplace.group.submit({ replace: [], add: [job] });
    return added[0] as Enqueued<T>;
  }

  async enqueueMany(items: readonly EnqueueItem<D>[]): Promise<Enqueued<TypeName<D>>[]> {
    this.#checkOpen();
    const admitted = admitMany(this.#admission, items);
    const jobs = admitted instanceof Promise ? await admitted : admitted;
    if (jobs.length === 0) return [];
    const { added } = await this.#workplace.group.submit({ replace: [], add: jobs });
    return [...added] as Enqueued<TypeName<D>>[];
  }

  /** The same writes inside a transaction of the caller's; throws where the store takes none. */
  protected inside(transaction: unknown): Transaction {
    this.#checkOpen();
    const { store, clock, turn, definitions } = this.#workplace;
    if (store.within === undefined)
      throw new TypeError("this queue's store takes no transactions of its callers");
    const inside = store.within(transaction as never);
    const commit = (write: Write) => inside.commit(write);
    const onWritten = () => turn.next(() => this.#wakeWorkers());
    const onSettled = (held: HeldJob) =>
      turn.next(() => {
        for (const worker of this.#workers) worker.noticeMaybe(held);
        this.#awaited.hint();
      });
    const admission = this.#admission;
    const options = {
      commit,
      clock,
      salt: store.salt,
      definitions,
      admission,
      onWritten,
      onSettled,
    };
    return new Transaction(options);
  }

  /** Starts a worker that claims jobs of the types it has handlers for. */
  work(handlers: SomeHandlers<D>, options: WorkerOptions<TypeName<D>> = {}): Worker<D> {
    this.#checkOpen();
    if (this.#closing !== undefined)
      throw new QueueClosed(
        "the queue is closing and starts no more workers; make a new one to go on",
      );
    const byType = checkHandlers(handlers, this.#types());
    const worker = new Worker<D>(
      this.#workplace,
      byType,
      resolveWorkerOptions(options, [...byType.keys()]),
    );
    this.#workers.add(worker);
    void worker.stopped.then(() => this.#workers.delete(worker));
    this.#watchReady ??= this.#workplace.store.watch?.(() => this.#wakeWorkers());
    return worker;
  }

  /** The job with this id; undefined where there is none any more. */
  async get<T extends TypeName<D> = TypeName<D>>(
    id: JobId<T>,
  ): Promise<NotedJob<D, T> | undefined> {
    const seq = this.#seqOf(id);
    const [job] = await this.#read((store) => store.get([seq]));
    if (job?.id !== id) return undefined;
    const [notes] = await this.#read((store) => store.notes([seq]));
    return notedViewOf<D, T>(job, notes);
  }

  /**
   * What the job's handler gives, once it is there: the output of the type's result schema, undefined for a type that
   * keeps none. Rejects with `JobDead`, `JobCancelled` or `JobGone` where there will be none, and with the reason of
   * `signal`. Each job that finishes in this process is told at once, others by the store's hints or within a second.
   */
  async result<T extends TypeName<D> = TypeName<D>>(
    id: JobId<T>,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<ResultOutput<D, T>> {
    this.#checkOpen();
    const signal = checkSignal(checkOptionNames(options, RESULT_OPTIONS).signal);
    const seq = this.#seqOf(id);
    this.#watchFinished ??= this.#workplace.store.watch?.(() => this.#awaited.hint(), "finished");
    const job = await this.#awaited.finished(id, seq, signal);
    const definition = job && definitionOf(this.#workplace.definitions, job.type);
    return (await resultOf(id, job, definition)) as ResultOutput<D, T>;
  }

  /** A page of jobs, the newest first. */
  async list(options: ListOptions<TypeName<D>> = {}): Promise<Page<D>> {
    const filter = filterOf(options, this.#workplace.store.salt);
    // One more than asked for tells whether there is another page.
    const found = await this.#read((store) => store.list({ ...filter, limit: filter.limit + 1 }));
    const jobs = found.slice(0, filter.limit);
    const next = found.length > jobs.length ? jobs.at(-1)?.id : undefined;
    const notes = await this.#read((store) => store.notes(jobs.map(({ seq }) => seq)));
    return { jobs: jobs.map((job, at) => notedViewOf<D, TypeName<D>>(job, notes[at])), next };
  }

  counts(): Promise<Counts> {
    return this.#read((store) => store.counts());
  }

  /** One line that says how many jobs are in each state. */
  async summary(): Promise<string> {
    return formatSummary(await this.counts());
  }

  /**
   * Looks whether all is well: the store, its file and log, damaged and stuck jobs, clocks, workers. Changes nothing; of
   * a large database it takes as long as to read it. `formatDiagnosis` makes text of what it gives.
   */
  async doctor(): Promise<Diagnosis> {
    this.#checkOpen();
    const diagnosis = await diagnose({ ...this.#workplace, types: this.#types() ?? [] });
    // What could not be looked at since it was closed is no fault.
    this.#checkOpen();
    return diagnosis;
  }

  /**
   * Claims up to `limit` (1 to 1,000, by default 1) ready jobs for a loop of your own; none is an empty array. From
   * the first call on the queue is a worker, and beats until `close`.
   */
  async claim<T extends TypeName<D> = TypeName<D>>(
    options: ClaimOptions<T> = {},
  ): Promise<ClaimedOf<D, T>[]> {
    this.#checkOpen();
    const { types, limit } = resolveClaimOptions(options);
    const claimed = await this.#ownLoop.claim(types ?? this.#types(), { limit });
    return claimed as ClaimedOf<D, T>[];
  }

  /** Settles a claimed job as done. Like all settling, it throws `LeaseLost` where the job is not held any more. */
  async complete<T extends TypeName<D>>(
    job: ClaimedAs<T, unknown>,
    ...[result]: ResultArguments<D, T>
  ): Promise<Settled> {
    const { definitions } = this.#workplace;
    const { type } = heldJob(job, this.#workplace.store.salt).record;
    const checked = resultText(result, definitionOf(definitions, type));
    const text = checked instanceof Promise ? await checked : checked;
    return this.#settle(job, (held, now) => ({ next: complete(held, text, now) }));
  }

  /** Fails the attempt: the job waits for another, or is dead. `Fatal` and `RetryAfter` have their say. */
  async fail(job: AnyClaimedJob<D>, error: unknown): Promise<Settled> {
    return this.#settle(job, (held, now) => {
      return threw(held, error, definitionOf(this.#workplace.definitions, held.type), now);
    });
  }

  /** Puts the job off, and gives the attempt back. */
  async snooze(job: AnyClaimedJob<D>, until: SnoozeOptions): Promise<Settled> {
    return this.#settle(job, (held, now) => {
      return { next: snooze(held, dueAt(checkSnooze(until), now), now) };
    });
  }

  /** Puts the job back as if it had not been claimed. */
  async release(job: AnyClaimedJob<D>): Promise<Settled> {
    return this.#settle(job, (held) => ({ next: release(held) }));
  }

  /** Cancels a job that is not finished, also while it runs; says whether it did. */
  async cancel(id: JobId): Promise<boolean> {
    return this.#change(id, (job, now) => (isFinished(job) ? undefined : cancel(job, now)));
  }

  /**
   * Makes a waiting job due at once, and starts a finished one afresh; says whether it did, which is not so for a
   * running job. Throws `KeyTaken` where another job holds its unique key by now.
   */
  async retry(id: JobId): Promise<boolean> {
    return this.#change(id, (job, now) => (job.state === "running" ? undefined : retry(job, now)));
  }

  /** Lets a waiting job wait until `runAt` instead; says whether it did. */
  async reschedule(id: JobId, runAt: number | Date): Promise<boolean> {
    const at = checkInstant(runAt, "runAt");
    return this.#change(id, (job, now) => (isWaiting(job) ? reschedule(job, at, now) : undefined));
  }

  /** Starts no more jobs of the type, in any process, until `resume`; those that run go on. */
  async pause(type: TypeName<D>): Promise<void> {
    this.#checkType(type);
    await this.#read((store) => store.pause({ type, paused: true }));
    for (const worker of this.#workers) worker.pause(type);
  }

  async resume(type: TypeName<D>): Promise<void> {
    this.#checkType(type);
    await this.#read((store) => store.pause({ type, paused: false }));
    this.#wakeWorkers();
  }

  /** Deletes finished jobs older than the retention, or than `retention` says; answers with how many. */
  async prune(retention: Partial<Retention> = {}): Promise<number> {
    this.#checkOpen();
    const { store, patience, clock, turn, retention: standing } = this.#workplace;
    const before = pruneBefore(checkRetention(retention, standing), clock.now());
    const pause = async () => {
      await new Promise<void>((resolve) => turn.next(resolve));
      this.#checkOpen();
      return true;
    };
    return pruneInChunks({ store, patience, clock, before, pause });
  }

  /** Stops its workers, gives back what was claimed by hand, writes what is on its way, and closes the store. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { store, group } = this.#workplace;
    // Handlers that still run may go on enqueuing: their workers end first.
    await Promise.all(Array.from(this.#workers, (worker) => worker.stop()));
    this.#isClosed = true;
    this.#watchReady?.[Symbol.dispose]();
    this.#watchFinished?.[Symbol.dispose]();
    try {
      await this.#ownLoop.close();
      await group.submit({ replace: [], add: [] });
    } finally {
      this.#awaited.close(
        new QueueClosed("the queue was closed before the job was finished; ask a new one"),
      );
      await store.close();
    }
  }

  async #settle(job: unknown, rule: (held: RunningJob, now: number) => Outcome): Promise<Settled> {
    this.#checkOpen();
    const held = heldJob(job, this.#workplace.store.salt);
    const outcome = rule(held.record, this.#workplace.clock.now());
    const { next } = outcome;
    const done = this.#workplace.group.submit({ note: held.unwritten, replace: [next], add: [] });
    held.settleByHand({ ...outcome, done });
    const { replaced } = await done;
    const settled = settledBy(next, this.#workplace.group.sure(next, replaced[0]));
    for (const holder of [this.#ownLoop, ...this.#workers]) holder.noticeSettled(held, next);
    return settled;
  }

  async #change(id: JobId, rule: (job: Job, now: number) => Job | undefined): Promise<boolean> {
    this.#checkOpen();
    const seq = this.#seqOf(id);
    const changed = await change(this.#workplace, seq, (job) => {
      return job.id === id ? rule(job, this.#workplace.clock.now()) : undefined;
    });
    if (changed === undefined) return false;
    for (const holder of [this.#ownLoop, ...this.#workers]) holder.notice(changed);
    return true;
  }

  async #read<T>(ask: (store: Store) => Awaitable<T>): Promise<T> {
    this.#checkOpen();
    const { store, patience } = this.#workplace;
    return patience.try(() => ask(store));
  }

  #seqOf(id: unknown): number {
    return seqOfJobId(id, this.#workplace.store.salt);
  }

  #types(): readonly string[] | undefined {
    const types = Object.keys(this.#workplace.definitions);
    return types.length === 0 ? undefined : types;
  }

  #checkType(type: string): void {
    this.#admission.definitionOf(checkName(type, "type"));
  }

  #wakeWorkers(): void {
    for (const worker of this.#workers) worker.wake();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new QueueClosed("the queue is closed; make a new one to go on");
  }
}
