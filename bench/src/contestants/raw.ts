import Database from "better-sqlite3";
import { type Contestant, payload } from "../contestant.ts";

/** What the same work costs in bare statements, batched by 100: no rules, no ids, no recovery. */
export function raw(file: string, durability: "full" | "normal"): Contestant {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma(`synchronous = ${durability}`);
  db.exec(`CREATE TABLE job (seq INTEGER PRIMARY KEY, type TEXT NOT NULL, payload TEXT NOT NULL, state INTEGER NOT NULL,
      priority INTEGER NOT NULL, run_at INTEGER NOT NULL, attempt INTEGER NOT NULL) STRICT;
    CREATE INDEX ready ON job (type, priority DESC, run_at) WHERE state = 0;`);
  const insert = db.prepare("INSERT INTO job VALUES (NULL, 'noop', ?, 0, 0, ?, 0)");
  const claim = db.prepare(
    `UPDATE job SET state = 1, attempt = attempt + 1 WHERE seq IN
      (SELECT seq FROM job WHERE state = 0 AND type = 'noop' ORDER BY priority DESC, run_at, seq LIMIT 100)
      RETURNING seq, payload`,
  );
  const complete = db.prepare("UPDATE job SET state = 2 WHERE seq = ?");
  const insertMany = db.transaction((from: number, to: number) => {
    const now = Date.now();
    for (let index = from; index < to; index++) insert.run(JSON.stringify(payload(index)), now);
  });
  const turnOver = db.transaction((done: readonly { readonly seq: number }[]) => {
    for (const { seq } of done) complete.run(seq);
    return claim.all() as { readonly seq: number; readonly payload: string }[];
  });

  return {
    async enqueueAwaiting(n) {
      for (let from = 0; from < n; from += 100) insertMany(from, Math.min(n, from + 100));
    },
    async fill(n) {
      for (let from = 0; from < n; from += 1_000) insertMany(from, Math.min(n, from + 1_000));
    },
    async drain() {
      let claimed = turnOver([]);
      while (claimed.length > 0) {
        for (const job of claimed) JSON.parse(job.payload);
        claimed = turnOver(claimed);
      }
    },
    async close() {
      db.close();
    },
  };
}
