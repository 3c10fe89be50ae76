import {
  type Adopter,
  type BeatReply,
  type Bell,
  bellsOf,
  type Clock,
  type Committed,
  type Counts,
  type Examination,
  type Heart,
  type HeartOptions,
  compareClaimOrder,
  type Instant,
  type Job,
  JOB_STATES,
  type ListFilter,
  type LogLine,
  type Notes,
  type PruneBefore,
  type RunningJob,
  type Store,
  type Watched,
  type WorkerId,
  type WorkerRecord,
  type Write,
} from "@turno/core";
import type { ServerClock } from "./clock/server-clock.ts";
import { callersTransaction, checkIsInTransaction } from "./connection/callers-transaction.ts";
import { ask, type Connection, LONG_MS } from "./connection/connection.ts";
import { listText } from "./connection/list-text.ts";
import type { Queryable, Row } from "./connection/queryable.ts";
import { adopterOf } from "./move/adopter-of.ts";
import { examine } from "./doctor/examine.ts";
import { type Absences, look } from "./life/absences.ts";
import { beatOf, beatText } from "./life/beat.ts";
import { channelOf, NOBODY, ringText } from "./life/channel.ts";
import type { Life } from "./life/life.ts";
import type { Listen } from "./life/listen.ts";
import { isHeldSql } from "./life/lock.ts";
import { Ringing } from "./life/ringing.ts";
import { Sweeping } from "./life/sweeping.ts";
import { jobColumns, toJob } from "./read/job-row.ts";
import { listRows } from "./read/list-rows.ts";
import { NOW_SQL, refuseNewerSchema } from "./schema/migrate.ts";
import { addedOf } from "./write/adding.ts";
import { committed, type Written } from "./write/committed.ts";
import { commitText, commitValues } from "./write/commit-values.ts";
import { pruneJobs } from "./write/prune-jobs.ts";
import { replacedOf, replacing } from "./write/replacing.ts";
import { STATE_CODES } from "./write/state-codes.ts";

interface PostgresStoreOptions {
  readonly connection: Connection;
  readonly schema: string;
  readonly salt: number;
  readonly clock: ServerClock;
  /** What this store is known by to others. */
  readonly sign: number;
  /** Absent where there is no connection to be had beside the one that was handed in. */
  readonly life: Life | undefined;
  /** Hears others on the connection that was handed in; absent where it cannot. */
  readonly listen: Listen | undefined;
}

/** A queue in a PostgreSQL database; `openPostgresStore` makes it. */
export class PostgresStore implements Store {
  /** The server's. */
  readonly clock: Clock;
  /** Beats from a thread of its own, over a connection of its own. Absent where there is none to be had. */
  readonly heart?: (worker: WorkerId, options: HeartOptions) => Heart;
  /** Absent where nobody can be listened to. */
  readonly watch?: (listener: () => void, what?: Watched) => Disposable;
  /** Two over a pool: the server works on the one while the other is synced to its disk. */
  readonly commitsAtOnce: number;
  /** Takes over what another store has. */
  readonly adopter: Adopter;
  readonly #connection: Connection;
  readonly #schema: string;
  /** As it was heard last: until there are jobs a move may change it. */
  #salt: number;
  readonly #commit: string;
  readonly #clock: ServerClock;
  readonly #sign: number;
  readonly #life: Life | undefined;
  readonly #ringing: Ringing;
  readonly #sweeping: Sweeping;
  #absences: Absences = new Map();
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor({ connection, schema, salt, clock, sign, life, listen }: PostgresStoreOptions) {
    this.#salt = salt;
    this.commitsAtOnce = connection.isPool ? 2 : 1;
    this.adopter = adopterOf(connection, schema);
    this.clock = clock;
    this.#clock = clock;
    this.#connection = connection;
    this.#schema = schema;
    this.#sign = sign;
    this.#commit = commitText(schema);
    this.#ringing = new Ringing((bells) => this.#ring(bells));
    this.#sweeping = new Sweeping(connection, schema);
    if (listen !== undefined) this.watch = (listener, what = "ready") => listen(listener, what);
    this.#life = life;
    if (life === undefined) return;
    this.heart = (worker, options) => life.heart(worker, options);
    this.watch = (listener, what = "ready") => life.watch(listener, what);
  }

  get salt(): number {
    return this.#salt;
  }

  async commit(write: Write): Promise<Committed> {
    if (isEmpty(write)) return NOTHING;
    return committed(write, (each) => this.#commitOnce(each));
  }

  async #commitOnce(write: Write): Promise<Written> {
    const sentAt = performance.now();
    const query = (values: (string | null)[]) =>
      this.#connection.query(this.#commit, values, { name: `${this.#schema} commit` });
    const written = await this.#write(
      write,
      { bell: ringText(this.#sign, this.#ringing.with(write)), waitMs: LONGEST_WAIT_MS },
      query,
    );
    this.#clock.hear(written.now, sentAt);
    this.#sweeping.note(written.committed.claimed.length);
    return written;
  }

  async join({ leaseMs }: { readonly leaseMs: number }): Promise<WorkerId> {
    const sign = await this.#life?.sign();
    const [row] = await this.#connection.query(
      `SELECT ${this.#schema}.join_1($1::text::int, $2::text::bigint) AS id`,
      [String(leaseMs), sign === undefined ? null : String(sign)],
    );
    return Number(row?.["id"]);
  }

  async beat(worker: WorkerId): Promise<BeatReply> {
    const [row] = await this.#connection.query(beatText(this.#schema), [String(worker)], {
      name: `${this.#schema} beat`,
    });
    const { reply, version } = beatOf(row);
    refuseNewerSchema(version, this.#schema);
    return reply;
  }

  async leave(worker: WorkerId, beat?: number): Promise<boolean> {
    const rows = await this.#connection.query(
      `DELETE FROM ${this.#schema}.workers WHERE id = $1::text::bigint AND ($2::text IS NULL OR beat = $2::text::bigint)
       RETURNING id`,
      [String(worker), beat === undefined ? null : String(beat)],
    );
    return rows.length === 1;
  }

  async workers(): Promise<readonly WorkerRecord[]> {
    const schema = this.#schema;
    const sentAt = performance.now();
    const rows = await this.#connection.query(
      `SELECT id, beat, lease_ms, sign IS NULL OR sign = $1::text::bigint OR ${isHeldSql(schema, "sign")} AS held, ${NOW_SQL} AS now
       FROM ${schema}.workers ORDER BY id`,
      [String(this.#sign)],
    );
    if (rows[0] !== undefined) this.#clock.hear(rows[0]["now"], sentAt);
    const workers = rows.map((row) => ({
      id: Number(row["id"]),
      beat: Number(row["beat"]),
      leaseMs: Number(row["lease_ms"]),
      isHeld: row["held"] === true,
    }));
    const { absences, gone } = look(this.#absences, workers, performance.now());
    this.#absences = absences;
    return workers.map(({ id, beat, leaseMs }) => ({ id, beat, leaseMs, gone: gone.has(id) }));
  }

  async get(seqs: readonly number[]): Promise<readonly (Job | undefined)[]> {
    if (seqs.length === 0) return [];
    const rows = await this.#connection.query(
      `SELECT ${jobColumns(this.#schema)} FROM ${this.#schema}.jobs job WHERE job.seq = ANY ($1::text::bigint[])`,
      [listText(seqs)],
    );
    const jobs = new Map(rows.map((row) => [Number(row["seq"]), this.#read(row)]));
    return seqs.map((seq) => jobs.get(seq));
  }

  async notes(seqs: readonly number[]): Promise<readonly (Notes | undefined)[]> {
    if (seqs.length === 0) return [];
    const rows = await this.#connection.query(
      `SELECT seq, progress, array_to_json(log)::text AS log FROM ${this.#schema}.notes WHERE seq = ANY ($1::text::bigint[])`,
      [listText(seqs)],
    );
    const notes = new Map(rows.map((row) => [Number(row["seq"]), toNotes(row)]));
    return seqs.map((seq) => notes.get(seq));
  }

  async list(filter: ListFilter): Promise<readonly Job[]> {
    const rows = await listRows(this.#connection, this.#schema, filter);
    return rows.map((row) => this.#read(row));
  }

  async counts(): Promise<Counts> {
    const rows = await this.#connection.query(
      `SELECT state, count(*) AS count FROM ${this.#schema}.jobs GROUP BY state`,
      [],
      { limitMs: LONG_MS },
    );
    const counts = new Map(rows.map(({ state, count }) => [Number(state), Number(count)]));
    const entries = JOB_STATES.map(
      (state) => [state, counts.get(STATE_CODES[state]) ?? 0] as const,
    );
    return Object.fromEntries(entries) as Counts;
  }

  async nextDueAt(): Promise<Instant | undefined> {
    const [row] = await this.#connection.query(
      `SELECT min(due_at) AS due_at FROM ${this.#schema}.jobs WHERE due_at IS NOT NULL`,
      [],
      { name: `${this.#schema} due` },
    );
    const dueAt = row?.["due_at"] ?? null;
    return dueAt === null ? undefined : Number(dueAt);
  }

  async pause(change?: {
    readonly type: string;
    readonly paused: boolean;
  }): Promise<readonly string[]> {
    if (change !== undefined)
      await this.#connection.query(`SELECT ${this.#schema}.pause_1($1::text, $2::text::boolean)`, [
        change.type,
        String(change.paused),
      ]);
    const rows = await this.#connection.query(`SELECT type FROM ${this.#schema}.paused`);
    return rows.map(({ type }) => String(type)).sort();
  }

  prune({
    before,
    limit,
  }: {
    readonly before: PruneBefore;
    readonly limit: number;
  }): Promise<number> {
    return pruneJobs(this.#connection, this.#schema, before, limit);
  }

  /** Looks through every row, and at who keeps the server from tidying up. */
  examine(): Promise<Examination> {
    return examine(this.#connection, this.#schema);
  }

  /**
   * The queue's writes inside the transaction that is open on `client`: anything with `query(text, values)` that gives
   * rows, but no pool. They are kept or undone with the caller's.
   */
  within(client: Queryable): { commit(write: Write): Promise<Committed> } {
    const transaction = callersTransaction(client);
    return {
      commit: async (write) => {
        this.#connection.checkOpen();
        checkIsInTransaction(transaction);
        if (isEmpty(write)) return NOTHING;
        // It is heard when the caller commits, by this store's own workers too: they cannot know when that is.
        const bell = ringText(NOBODY, bellsOf(write));
        const query = (values: (string | null)[]) => ask(transaction, this.#commit, values);
        return (await this.#write(write, { bell, waitMs: undefined }, query)).committed;
      },
    };
  }

  /** Ends its session, and what it has opened itself. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#ringing.close();
    await Promise.all([this.#life?.close(), this.#connection.close()]);
  }

  async #write(
    write: Write,
    around: { readonly bell: string | undefined; readonly waitMs: number | undefined },
    query: (values: (string | null)[]) => Promise<readonly Row[]>,
  ): Promise<Written> {
    const { replace = [], add = [] } = write;
    const ways = replacing(replace);
    const rows = await query(
      commitValues(write, ways, { ...around, channel: channelOf(this.#schema) }),
    );
    const told = JSON.parse(String(rows.at(-1)?.["outcome"])) as Told;
    const { salt } = told;
    this.#salt = salt;
    const damaged = new Set<Job>();
    const started = rows.slice(0, -1).map((row) => toJob(row, salt, (job) => damaged.add(job)));
    const claimed = started.filter((job) => !damaged.has(job)) as RunningJob[];
    const answer: Committed = {
      replaced: replacedOf(replace, ways, told, salt),
      added: add.length === 0 ? [] : addedOf(add, told, salt),
      claimed: claimed.sort(compareClaimOrder),
      workerKnown: told.known,
    };
    return { committed: answer, damaged: [...damaged], now: told.now };
  }

  #read(row: Row): Job {
    this.#salt = Number(row["salt"]);
    return toJob(row, this.#salt);
  }

  #ring(bells: readonly Bell[]): Promise<unknown> {
    const values = [channelOf(this.#schema), ringText(this.#sign, bells)];
    return this.#connection.query("SELECT pg_notify($1::text, $2::text)", values);
  }
}

interface Told {
  readonly done: readonly unknown[] | null;
  readonly replaced: readonly unknown[] | null;
  readonly seqs: readonly unknown[] | null;
  readonly held: readonly unknown[] | null;
  readonly known: boolean;
  readonly salt: number;
  readonly now: number;
}

/** Others wait behind a commit. What is locked for longer is asked for by itself, again and again. */
const LONGEST_WAIT_MS = 100;

const NOTHING: Committed = { replaced: [], added: [], claimed: [], workerKnown: true };

function isEmpty({ note = [], replace = [], add = [], claim }: Write): boolean {
  return note.length + replace.length + add.length === 0 && claim === undefined;
}

function toNotes({ progress, log }: Row): Notes {
  const lines = JSON.parse(String(log)) as readonly string[];
  return {
    progress: typeof progress === "string" ? progress : undefined,
    log: lines.map((line) => JSON.parse(line) as LogLine),
  };
}
