import { type Counts, type Job, JOB_STATES, isFinishedState, type ListFilter } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { SqliteStore } from "@turno/store-sqlite";
import { type CallersRow, type SeenJob, seenJob } from "@turno/testkit";
import Database from "better-sqlite3";
import type { HistoryFile } from "../history/history-file.ts";
import { createRowsTable, ROWS_TABLE } from "../processes/jobs.ts";
import type { Observed } from "./observed.ts";
import { plainPort } from "./plain-port.ts";

const UNFINISHED = JOB_STATES.filter((state) => !isFinishedState(state));

/** From so many jobs on, a sighting is of a part of them: whole ones would take longer than what is looked at. */
const MANY = 3_000;
const PART = 500;

/** Looks into the database from the harness's own process, and changes nothing but to set it up. */
export class Observer implements Observed {
  /** Not the store's of the processes: that one lists a part at a time, and lets others write between. */
  readonly #store: SqliteStore;
  readonly #database: Database.Database;
  readonly #history: HistoryFile;
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;

  constructor(path: string, history: HistoryFile) {
    this.#history = history;
    void openSqliteStore(path).close();
    this.#database = new Database(path);
    this.#store = new SqliteStore(plainPort(this.#database));
    createRowsTable(this.#database);
  }

  /** Writes a sighting down every so often. */
  startLooking(everyMs: number): void {
    this.#timer = setInterval(() => this.look(), everyMs);
  }

  /** Writes down what it sees now: of many jobs the newest, and in turn those that are not finished. */
  look(): void {
    const whole = this.newest <= MANY;
    const states = this.#looks++ % 2 === 0 ? undefined : UNFINISHED;
    const jobs = this.#list(whole ? { limit: MANY } : { states, limit: PART });
    this.#history.write({ kind: "saw", whole, jobs: jobs.map(seenJob) });
  }

  /** How many jobs were ever stored. */
  get newest(): number {
    return this.#list({ limit: 1 })[0]?.seq ?? 0;
  }

  /** How many jobs are not finished. */
  get unfinished(): number {
    const { pending, failed, running } = this.counts();
    return pending + failed + running;
  }

  /** Whether a job of the type is running, for all that is stored. */
  isRunning(type: string): boolean {
    return this.#list({ states: ["running"], types: [type], limit: 1 }).length > 0;
  }

  /** How many jobs are not finished though nothing keeps them: they run, or their time has come by the machine's clock. */
  get due(): number {
    const jobs = this.#list({ states: UNFINISHED, limit: Number.MAX_SAFE_INTEGER });
    const now = Date.now();
    return jobs.filter((job) => !("ready" in job) || job.ready || job.runAt <= now).length;
  }

  counts(): Counts {
    return this.#store.counts();
  }

  /** All jobs, their payloads included. */
  jobs(): SeenJob[] {
    const jobs = this.#list({ limit: Number.MAX_SAFE_INTEGER });
    return jobs.map((job) => ({ ...seenJob(job), payload: job.payload }));
  }

  /** The rows that handlers of `deal` wrote. */
  rows(): CallersRow[] {
    return this.#database.prepare<[], CallersRow>(`SELECT id, run FROM ${ROWS_TABLE}`).all();
  }

  /** What SQLite finds wrong with the file; undefined where it is whole. */
  damage(): string | undefined {
    const found = this.#database.pragma("integrity_check", { simple: true });
    return found === "ok" ? undefined : String(found);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#database.close();
  }

  #list(filter: ListFilter): readonly Job[] {
    // One transaction, so that all is read at one moment.
    return this.#database.transaction(() => this.#store.list(filter))();
  }
}
