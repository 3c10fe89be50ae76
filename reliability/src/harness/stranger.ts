import type { Job } from "@turno/core";
import { SqliteStore } from "@turno/store-sqlite";
import Database from "better-sqlite3";
import { plainPort } from "./plain-port.ts";

/** A row as it was before a stranger changed it. */
export interface Harm {
  readonly seq: number;
  readonly id: string;
  /** What was set in it. */
  readonly change: string;
}

/** What somebody does to a job's row who does not know what it means. */
const CHANGES = [
  "payload = 'no JSON'",
  "payload = printf('%.*c', 5000000, '1')",
  "backoff = '['",
  `backoff = '{"kind":1}'`,
  "failures = '[null]'",
  "failures = printf('%.*c', 5000000, '1')",
  "state = 99",
  "state = -1",
  "attempt = -3",
  "attempt = 9223372036854775807",
  "max_attempts = 0",
  "revision = -7",
  "revision = 1",
  "revision = 9223372036854775807",
  "priority = 9223372036854775807",
  "run_at = -1",
  "created_at = -9223372036854775808",
  "timeout_ms = 0",
  "unique_until = 7",
  "unique_key = ''",
  "claimed_at = -1",
  "ready = 1",
  "ready = 7",
  "worker = 999",
  "worker = NULL",
  "finished_at = NULL, state = 3",
];

/** Changes rows by SQL, past every rule, over a connection of its own. */
export class Stranger {
  readonly #database: Database.Database;
  readonly #store: SqliteStore;
  readonly #random: () => number;
  readonly #harms = new Map<number, Harm>();

  constructor(path: string, random: () => number) {
    this.#database = new Database(path, { timeout: 10_000 });
    this.#store = new SqliteStore(plainPort(this.#database));
    this.#random = random;
  }

  /** Each row once. */
  get harms(): readonly Harm[] {
    return [...this.#harms.values()];
  }

  /** Changes some rows that are not finished. */
  strike(most: number): void {
    const strike = () => {
      const states = ["pending", "failed", "running"] as const;
      const jobs = this.#store.list({ states, limit: 200 });
      for (let count = 0; count < most && jobs.length > 0; count++) this.#change(this.#any(jobs));
    };
    this.#database.transaction(strike).immediate();
  }

  /** How many rows are counted as unfinished, though no claim and no sweep can meet them. */
  get stuck(): number {
    const stuck = "state = 1 AND (ready IS NULL OR ready NOT IN (0, 1))";
    const sql = `SELECT count(*) AS rows FROM turno_jobs WHERE ${stuck}`;
    return this.#database.prepare<[], { rows: number }>(sql).get()?.rows ?? 0;
  }

  /** What its rows are read as now, in the order of `harms`. */
  found(): readonly (Job | undefined)[] {
    return this.#store.get(this.harms.map(({ seq }) => seq));
  }

  /** By number what is wrong with each row that holds no job. */
  faults(): ReadonlyMap<number, string> {
    for (const steps = this.#store.damagedInSteps(); ; ) {
      const step = steps.next();
      if (step.done !== true) continue;
      return new Map(step.value.rows.map(({ seq, fault }) => [seq, fault]));
    }
  }

  close(): void {
    this.#database.close();
  }

  #change({ seq, id }: Job): void {
    if (this.#harms.has(seq)) return;
    const change = this.#any(CHANGES);
    this.#database.exec(`UPDATE OR IGNORE turno_jobs SET ${change} WHERE seq = ${seq}`);
    this.#harms.set(seq, { seq, id, change });
  }

  #any<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }
}
