import {
  type BeatReply,
  bury,
  type Committed,
  type Counts,
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
  type WorkerId,
  type WorkerRecord,
  type Write,
} from "@turno/core";
import { ask, type Connection } from "./connection/connection.ts";
import { listText } from "./connection/list-text.ts";
import type { Queryable, Row } from "./connection/queryable.ts";
import { JOB_COLUMNS, toJob } from "./read/job-row.ts";
import { listJobs } from "./read/list-jobs.ts";
import { refuseNewerSchema } from "./schema/migrate.ts";
import { addedOf } from "./write/adding.ts";
import { commitText, commitValues } from "./write/commit-values.ts";
import { pruneJobs } from "./write/prune-jobs.ts";
import { replacedOf, replacing } from "./write/replacing.ts";
import { STATE_CODES } from "./write/state-codes.ts";

interface PostgresStoreOptions {
  readonly connection: Connection;
  readonly schema: string;
  readonly salt: number;
}

/** A queue in a PostgreSQL database; `openPostgresStore` makes it. */
export class PostgresStore implements Store {
  readonly salt: number;
  readonly #connection: Connection;
  readonly #schema: string;
  readonly #commit: string;

  /** @internal */
  constructor({ connection, schema, salt }: PostgresStoreOptions) {
    this.salt = salt;
    this.#connection = connection;
    this.#schema = schema;
    this.#commit = commitText(schema);
  }

  async commit(write: Write): Promise<Committed> {
    const query = (values: (string | null)[]) =>
      this.#connection.query(this.#commit, values, `${this.#schema} commit`);
    const committed = await this.#write(write, query);
    return this.#buryDamaged(committed, write.now);
  }

  async join({ leaseMs }: { readonly leaseMs: number }): Promise<WorkerId> {
    const [row] = await this.#connection.query(
      `INSERT INTO ${this.#schema}.workers (beat, lease_ms) VALUES (0, $1::text::int) RETURNING id`,
      [String(leaseMs)],
    );
    return Number(row?.["id"]);
  }

  async beat(worker: WorkerId): Promise<BeatReply> {
    const schema = this.#schema;
    const [row] = await this.#connection.query(
      `SELECT * FROM ${schema}.beat_1($1::text::bigint)`,
      [String(worker)],
      `${schema} beat`,
    );
    return replyOf(row, schema);
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
    const rows = await this.#connection.query(
      `SELECT id, beat, lease_ms FROM ${this.#schema}.workers ORDER BY id`,
    );
    return rows.map(({ id, beat, lease_ms: leaseMs }) => ({
      id: Number(id),
      beat: Number(beat),
      leaseMs: Number(leaseMs),
      gone: false,
    }));
  }

  async get(seqs: readonly number[]): Promise<readonly (Job | undefined)[]> {
    if (seqs.length === 0) return [];
    const rows = await this.#connection.query(
      `SELECT ${JOB_COLUMNS} FROM ${this.#schema}.jobs job WHERE job.seq = ANY ($1::text::bigint[])`,
      [listText(seqs)],
    );
    const jobs = new Map(rows.map((row) => [Number(row["seq"]), toJob(row, this.salt)]));
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

  list(filter: ListFilter): Promise<readonly Job[]> {
    return listJobs(this.#connection, this.#schema, this.salt, filter);
  }

  async counts(): Promise<Counts> {
    const rows = await this.#connection.query(
      `SELECT state, count(*) AS count FROM ${this.#schema}.jobs GROUP BY state`,
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
      `${this.#schema} due`,
    );
    const dueAt = row?.["due_at"] ?? null;
    return dueAt === null ? undefined : Number(dueAt);
  }

  async pause(change?: {
    readonly type: string;
    readonly paused: boolean;
  }): Promise<readonly string[]> {
    const paused = `${this.#schema}.paused`;
    if (change !== undefined) {
      const text = change.paused
        ? `INSERT INTO ${paused} (type) VALUES ($1::text) ON CONFLICT DO NOTHING`
        : `DELETE FROM ${paused} WHERE type = $1::text`;
      await this.#connection.query(text, [change.type]);
    }
    const rows = await this.#connection.query(`SELECT type FROM ${paused}`);
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

  /**
   * The queue's writes inside the transaction that is open on `client`: anything with `query(text, values)` that gives
   * rows. They are kept or undone with the caller's.
   */
  within(client: Queryable): { commit(write: Write): Promise<Committed> } {
    return { commit: (write) => this.#write(write, (values) => ask(client, this.#commit, values)) };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #write(
    write: Write,
    query: (values: (string | null)[]) => Promise<readonly Row[]>,
  ): Promise<Committed> {
    const { replace = [], add = [], claim } = write;
    if (isEmpty(write)) return { replaced: [], added: [], claimed: [], workerKnown: true };
    const ways = replacing(replace);
    const rows = await query(commitValues(write, ways, this.#schema, undefined));
    const told = JSON.parse(String(rows.at(-1)?.["outcome"])) as Told;
    const claimed = rows.slice(0, -1).map((row) => toJob(row, this.salt) as RunningJob);
    return {
      replaced: replacedOf(replace, ways, told, this.salt),
      added: add.length === 0 ? [] : addedOf(add, told, this.salt),
      claimed: claim === undefined ? [] : claimed.sort(compareClaimOrder),
      workerKnown: told.known,
    };
  }

  /** What a claim has started though its row holds no job is made dead, and is not handed out. */
  async #buryDamaged(committed: Committed, now: Instant): Promise<Committed> {
    const damaged = committed.claimed.filter(({ failures }) =>
      failures.some(({ kind }) => kind === "damaged"),
    );
    if (damaged.length === 0) return committed;
    await this.commit({ now, replace: damaged.map((job) => bury(job, now)) });
    return { ...committed, claimed: committed.claimed.filter((job) => !damaged.includes(job)) };
  }
}

interface Told {
  readonly done: readonly unknown[] | null;
  readonly replaced: readonly unknown[] | null;
  readonly seqs: readonly unknown[] | null;
  readonly held: readonly unknown[] | null;
  readonly known: boolean;
  readonly now: number;
}

function isEmpty({ note = [], replace = [], add = [], claim }: Write): boolean {
  return note.length + replace.length + add.length === 0 && claim === undefined;
}

/** What `beat_1` has told. */
export function replyOf(row: Row | undefined, schema: string): BeatReply {
  refuseNewerSchema(Number(row?.["version"]), schema);
  const holds = JSON.parse(String(row?.["holds"])) as readonly (readonly [number, number])[];
  return {
    known: row?.["known"] === true,
    holds: holds.map(([seq, revision]) => ({ seq, revision })),
  };
}

function toNotes({ progress, log }: Row): Notes {
  const lines = JSON.parse(String(log)) as readonly string[];
  return {
    progress: progress === null ? undefined : String(progress),
    log: lines.map((line) => JSON.parse(line) as LogLine),
  };
}
