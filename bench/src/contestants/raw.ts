import { utimesSync, watch, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { type Contestant, type Durability, payload } from "../contestant.ts";
import { durabilityOf } from "./durability-of.ts";

interface Row {
  readonly seq: number;
  readonly payload: string;
}

/**
 * What the same work costs in bare statements, batched by 100, and a wake-up by bare means, a file that is touched
 * and watched: no rules, no ids, no recovery.
 */
export function raw(file: string, durability: Durability): Contestant {
  const bell = `${file}.bell`;
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma(`synchronous = ${durability}`);
  db.exec(`CREATE TABLE IF NOT EXISTS job (seq INTEGER PRIMARY KEY, type TEXT NOT NULL, payload TEXT NOT NULL,
      state INTEGER NOT NULL, priority INTEGER NOT NULL, run_at INTEGER NOT NULL, attempt INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS ready ON job (type, priority DESC, run_at) WHERE state = 0;`);
  const insert = db.prepare("INSERT INTO job VALUES (NULL, 'noop', ?, 0, 0, ?, 0)");
  const claim = db.prepare<[], Row>(
    `UPDATE job SET state = 1, attempt = attempt + 1 WHERE seq IN
      (SELECT seq FROM job WHERE state = 0 AND type = 'noop' ORDER BY priority DESC, run_at, seq LIMIT 100)
      RETURNING seq, payload`,
  );
  const complete = db.prepare("UPDATE job SET state = 2 WHERE seq = ?");
  const insertMany = db.transaction((from: number, to: number) => {
    const now = Date.now();
    for (let index = from; index < to; index++) insert.run(JSON.stringify(payload(index)), now);
  });
  const turnOver = db.transaction((done: readonly Row[]) => {
    for (const { seq } of done) complete.run(seq);
    return claim.all();
  });
  const closed = new AbortController();

  return {
    durability: durabilityOf(db),
    async enqueue(index) {
      insertMany.immediate(index, index + 1);
      const now = new Date();
      utimesSync(bell, now, now);
    },
    async enqueueAwaiting(n) {
      for (let from = 0; from < n; from += 100) insertMany(from, Math.min(n, from + 100));
    },
    async fill(n) {
      for (let from = 0; from < n; from += 1_000) insertMany(from, Math.min(n, from + 1_000));
    },
    async count() {
      return db.prepare<[], number>("SELECT count(*) FROM job").pluck().get() ?? 0;
    },
    work(ticks) {
      const drain = () => {
        let claimed = turnOver.immediate([]);
        while (claimed.length > 0) {
          for (const job of claimed) ticks.ran(JSON.parse(job.payload).index);
          const done = claimed;
          claimed = turnOver.immediate(done);
          for (const _ of done) ticks.stored();
        }
      };
      writeFileSync(bell, "");
      watch(bell, { signal: closed.signal }, drain);
      drain();
    },
    async close() {
      closed.abort();
      db.close();
    },
  };
}
