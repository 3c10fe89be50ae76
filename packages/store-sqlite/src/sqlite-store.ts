import {
  type Adopter,
  type Awaitable,
  type BeatReply,
  type ClaimRequest,
  type Committed,
  type Counts,
  encodeJobId,
  type Examination,
  type Instant,
  type Job,
  type ListFilter,
  type NewJob,
  type Notes,
  type PruneBefore,
  type RunningJob,
  type Store,
  type WorkerId,
  type WorkerRecord,
  type Write,
} from "@turno/core";
import { adopterOf } from "./adopt.ts";
import { claimJobs } from "./claim-jobs.ts";
import { countsIn } from "./count-jobs.ts";
import { examine } from "./examine.ts";
import { damagedRows, type DamagedRows } from "./damaged-rows.ts";
import { Identity } from "./identity.ts";
import { insertAlone, insertRows, liesAside, type NewRow } from "./insert-rows.ts";
import { addNotes, readNotes } from "./job-notes.ts";
import { toJob } from "./job-row.ts";
import { listJobs } from "./list-jobs.ts";
import { migrate, refuseNewerSchema } from "./migrate.ts";
import { numberJobs } from "./number-jobs.ts";
import { pruneJobs } from "./prune-jobs.ts";
import { replaceJobs, SomeStale } from "./replace-jobs.ts";
import type { SqlPort } from "./sql-port.ts";
import { prepareStatements, type Statements } from "./statements.ts";
import { inOneGo, type Steps } from "./steps.ts";
import { tableNames } from "./table-names.ts";

export interface SqliteStoreOptions {
  /** What the names of the queue's tables begin with. Default: `turno_`. */
  readonly table?: string | undefined;
  /** Gives numbers from 0 to 1; the first makes the salt of a new database's ids. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** A worker with the sign by which the platform may see whether its process lives. */
export interface SignedWorker extends Omit<WorkerRecord, "gone"> {
  readonly sign: string | null;
}

/** Keeps jobs in an SQLite database, through any synchronous driver. */
export class SqliteStore implements Store {
  readonly #identity: Identity;
  readonly #port: SqlPort;
  readonly #prefix: string;
  readonly #statements: Statements;

  /**
   * Creates the queue's tables, or brings them up to date. `owner` is the store on the same tables for whose callers'
   * transactions this one is.
   */
  constructor(
    port: SqlPort,
    { table = "turno_", random = Math.random }: SqliteStoreOptions = {},
    owner?: SqliteStore,
  ) {
    const tables = tableNames(table);
    const salt = migrate(port, tables, random);
    this.#port = port;
    this.#prefix = tables.prefix;
    this.#statements = prepareStatements(port, tables);
    const name = `the queue ${tables.prefix}*${port.name === undefined ? "" : ` of ${port.name}`}`;
    this.#identity = new Identity(this.#statements, salt, name, owner && owner.#identity);
  }

  get salt(): number {
    return this.#identity.salt;
  }

  get adopter(): Adopter {
    return adopterOf(this.#port, this.#statements, this.#identity);
  }

  commit(write: Write): Committed {
    const alone = this.#identity.isFixed ? jobAlone(write) : undefined;
    const added = alone && this.#addAlone(alone);
    if (added !== undefined) return added;
    try {
      return this.#commit(write, { hopeful: true });
    } catch (error) {
      if (error instanceof SomeStale) return this.#commit(write, { hopeful: false });
      throw error;
    }
  }

  /** `sign` is kept for `signedWorkers`. */
  join(worker: { readonly leaseMs: number; readonly sign?: string | null }): WorkerId {
    return this.#unlessMoving(() =>
      Number(this.#statements.join.get(worker.leaseMs, worker.sign ?? null)?.["id"]),
    );
  }

  beat(worker: WorkerId): BeatReply {
    const { beat, schema, holds } = this.#statements;
    return this.#port.immediately(() => {
      refuseNewerSchema(Number(schema.get()?.["value"]), this.#prefix, this.#port.name);
      if (beat.run(worker) === 0) return { known: false, holds: [] };
      const held = holds.all(worker);
      return {
        known: true,
        holds: held.map(({ seq, revision }) => ({ seq: Number(seq), revision: Number(revision) })),
      };
    });
  }

  leave(worker: WorkerId, beat?: number): boolean {
    const { leave, leaveAt } = this.#statements;
    return (beat === undefined ? leave.run(worker) : leaveAt.run(worker, beat)) === 1;
  }

  workers(): readonly WorkerRecord[] {
    return this.signedWorkers().map(({ sign: _, ...worker }) => ({ ...worker, gone: false }));
  }

  get(seqs: readonly number[]): readonly (Job | undefined)[] {
    if (seqs.length === 0) return [];
    this.#identity.refresh();
    const rows = this.#statements.get.all(JSON.stringify(seqs));
    const jobs = new Map(rows.map((row) => [row["seq"], toJob(row, this.salt)]));
    return seqs.map((seq) => jobs.get(seq));
  }

  notes(seqs: readonly number[]): readonly (Notes | undefined)[] {
    return seqs.length === 0 ? [] : readNotes(this.#statements, seqs);
  }

  list(filter: ListFilter): readonly Job[] {
    return inOneGo(this.listInSteps(filter));
  }

  /** The same for who has others to let through meanwhile: each job is given as it was when its step was done. */
  listInSteps(filter: ListFilter): Steps<readonly Job[]> {
    this.#identity.refresh();
    return listJobs(this.#statements, this.salt, filter);
  }

  /** Rows that somebody has damaged; nothing is written. */
  damagedInSteps(): Steps<DamagedRows> {
    return damagedRows(this.#statements, this.salt);
  }

  counts(): Counts {
    return countsIn(this.#statements.count.get());
  }

  /** More jobs than this are not stored; it takes no longer to say for many than for few. */
  mostJobs(): number {
    return Number(this.#statements.span.get()?.["numbers"]);
  }

  nextDueAt(): Instant | undefined {
    const runAt = this.#statements.nextDueAt.get()?.["run_at"] ?? null;
    return runAt === null ? undefined : Number(runAt);
  }

  pause(change?: { readonly type: string; readonly paused: boolean }): readonly string[] {
    const { pause, resume, paused } = this.#statements;
    if (change !== undefined)
      this.#unlessMoving(() => (change.paused ? pause : resume).run(change.type));
    return paused
      .all()
      .map(({ type }) => String(type))
      .sort();
  }

  prune({ before, limit }: { readonly before: PruneBefore; readonly limit: number }): number {
    return this.#port.immediately(() => {
      this.#identity.refuseWhileMoving();
      return pruneJobs(this.#statements, before, limit);
    });
  }

  /** Reads the whole database at once. */
  examine(): Awaitable<Examination> {
    return examine(this.#port, this.#prefix, inOneGo(this.damagedInSteps()));
  }

  close(): void {
    this.#port.close();
  }

  /** Every worker that has joined and not left, with the sign it joined with. */
  signedWorkers(): readonly SignedWorker[] {
    return this.#statements.workers.all().map(({ id, beat, lease_ms: leaseMs, sign }) => ({
      id: Number(id),
      beat: Number(beat),
      leaseMs: Number(leaseMs),
      sign: sign === null || sign === undefined ? null : String(sign),
    }));
  }

  #addAlone(job: NewJob): Committed | undefined {
    const seq = insertAlone(this.#statements, job);
    if (seq === undefined) return undefined;
    const id = encodeJobId({ createdAt: job.createdAt, salt: this.salt, seq });
    return { ...NOTHING, added: [{ id, added: true }] };
  }

  #commit(
    { now, note = [], replace = [], add = [], claim }: Write,
    { hopeful }: { readonly hopeful: boolean },
  ): Committed {
    if (note.length + replace.length + add.length === 0 && claim === undefined) return NOTHING;
    return this.#port.immediately(() => {
      this.#identity.refuseWhileMoving();
      if (add.length > 0) this.#identity.fix();
      addNotes(this.#statements, note);
      const replaced = replaceJobs(this.#statements, this.salt, replace, hopeful);
      const { added, rows } = numberJobs(this.#statements, this.salt, add);
      const claimed = claim === undefined ? this.#add(rows) : this.#addAndClaim(rows, claim, now);
      return { replaced, added, claimed: claimed ?? [], workerKnown: claimed !== undefined };
    });
  }

  /** One statement that writes; it needs a transaction only as long as a move may be under way. */
  #unlessMoving<T>(write: () => T): T {
    if (this.#identity.isFixed) return write();
    return this.#port.immediately(() => {
      this.#identity.refuseWhileMoving();
      return write();
    });
  }

  #add(rows: readonly NewRow[]): RunningJob[] {
    insertRows(this.#statements, rows);
    return [];
  }

  #addAndClaim(
    rows: readonly NewRow[],
    claim: ClaimRequest,
    now: Instant,
  ): RunningJob[] | undefined {
    // A claim may make them ready, so they have to be there.
    this.#add(rows.filter(({ job }) => !job.ready));
    const ready = rows.filter(({ job }) => job.ready);
    const claimed = claimJobs(this.#statements, this.salt, claim, now, ready);
    if (ready.length > 0) {
      const started = new Map(claimed?.map((job) => [job.seq, job]));
      insertRows(this.#statements, ready, started);
    }
    return claimed;
  }
}

const NOTHING: Committed = { replaced: [], added: [], claimed: [], workerKnown: true };

/** The job that is all there is to write, if one row is. */
function jobAlone({ note, replace, add, claim }: Write): NewJob | undefined {
  const job = add?.[0];
  if (job === undefined || add?.length !== 1 || claim !== undefined) return undefined;
  if ((note?.length ?? 0) + (replace?.length ?? 0) > 0) return undefined;
  return job.uniqueKey === undefined && !liesAside(job) ? job : undefined;
}
