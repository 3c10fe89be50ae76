import { isFinishedState, JOB_STATES, type ListFilter } from "@turno/core";
import { openPostgresStore, type PostgresStore } from "@turno/store-postgres";
import { type CallersRow, type SeenJob, seenJob } from "@turno/testkit";
import pg from "pg";
import type { HistoryFile } from "../history/history-file.ts";
import { ROWS_TABLE } from "../processes/jobs.ts";
import type { PostgresPlace } from "../processes/options.ts";
import type { Observed } from "./observed.ts";

const UNFINISHED = JOB_STATES.filter((state) => !isFinishedState(state));

/** From so many jobs on, a sighting is of a part of them: whole ones would take longer than what is looked at. */
const MANY = 3_000;
const PART = 500;

/** What took longer to read says too little of when it was so. */
const FRESH_MS = 500;

const EVERYTHING = 2 ** 31 - 1;

/** Looks into a Postgres, on connections of its own; while that is away a look sees nothing. */
export class PostgresObserver implements Observed {
  readonly #pool: pg.Pool;
  readonly #store: PostgresStore;
  readonly #schema: string;
  readonly #history: HistoryFile;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #looks = 0;

  private constructor(pool: pg.Pool, store: PostgresStore, schema: string, history: HistoryFile) {
    this.#pool = pool;
    this.#store = store;
    this.#schema = schema;
    this.#history = history;
  }

  /** Creates the queue's tables, and the one of the handlers' rows. */
  static async open(
    { url, schema }: PostgresPlace,
    history: HistoryFile,
  ): Promise<PostgresObserver> {
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    pool.on("error", () => {});
    const store = await openPostgresStore(pool, { schema });
    await pool.query(`CREATE TABLE IF NOT EXISTS ${ROWS_TABLE} (id text, run text)`);
    return new PostgresObserver(pool, store, schema, history);
  }

  startLooking(everyMs: number): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look()
        .catch(() => {})
        .finally(() => (this.#looking = undefined));
    }, everyMs);
  }

  get newest(): Promise<number> {
    return this.#store.list({ limit: 1 }).then(([job]) => job?.seq ?? 0);
  }

  get unfinished(): Promise<number> {
    return this.#store.counts().then(({ pending, failed, running }) => pending + failed + running);
  }

  async isRunning(type: string): Promise<boolean> {
    return (await this.#store.list({ states: ["running"], types: [type], limit: 1 })).length > 0;
  }

  async jobs(): Promise<SeenJob[]> {
    const jobs = await this.#store.list({ limit: EVERYTHING });
    return jobs.map((job) => ({ ...seenJob(job), payload: job.payload }));
  }

  async rows(): Promise<CallersRow[]> {
    return (await this.#pool.query<CallersRow>(`SELECT id, run FROM ${ROWS_TABLE}`)).rows;
  }

  /** What the tables say of each other that cannot be: what waits is staged once, and nothing else is. */
  async damage(): Promise<string | undefined> {
    const schema = this.#schema;
    const { rows } = await this.#pool.query<{ seq: string; staged: string }>(
      `SELECT coalesce(job.seq, staged.seq) AS seq, coalesce(staged.times, 0) AS staged
       FROM ${schema}.jobs job
       FULL JOIN (SELECT seq, count(*) AS times FROM ${schema}.ready GROUP BY seq) AS staged ON staged.seq = job.seq
       WHERE coalesce(staged.times, 0)
         <> CASE WHEN job.state < 2 AND job.due_at IS NULL THEN 1 ELSE 0 END
       LIMIT 1`,
    );
    const [wrong] = rows;
    return wrong && `job ${wrong.seq} is staged ${wrong.staged} times`;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await this.#store.close();
    await this.#pool.end();
  }

  /** Writes down what it sees now: of many jobs the newest, and in turn those that are not finished. */
  async #look(): Promise<void> {
    const startedAt = performance.now();
    const whole = (await this.newest) <= MANY;
    const states = this.#looks++ % 2 === 0 ? undefined : UNFINISHED;
    const filter: ListFilter = whole ? { limit: 2 * MANY } : { states, limit: PART };
    const jobs = await this.#store.list(filter);
    if (performance.now() - startedAt < FRESH_MS)
      this.#history.write({ kind: "saw", whole, jobs: jobs.map(seenJob) });
  }
}
