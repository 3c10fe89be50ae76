import { existsSync, utimesSync, watch, writeFileSync } from "node:fs";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { payload } from "../payload.ts";
import type { Entry, Peer, Setup } from "../peer.ts";
import { typeOf } from "../type-of.ts";
import { durabilityOf } from "./durability-of.ts";
import { inThousands } from "./in-thousands.ts";
import { rawViews } from "./raw-views.ts";

interface Row {
  readonly seq: number;
  readonly payload: string;
}

const BATCH = 100;

export const RAW: readonly Entry[] = (["NORMAL", "FULL"] as const).map((durability) => ({
  name: `raw ${durability}`,
  packages: [],
  open: async (setup: Setup) => raw(setup, durability),
}));

/**
 * What the same work costs in bare statements: batched by 100 whatever the concurrency, no rules, no ids, no recovery;
 * a wake-up by bare means, a call in the same process and a file that is touched and watched by others. What waits for
 * its time is merely not ready.
 */
function raw({ storage, payloadBytes, types }: Setup, durability: "NORMAL" | "FULL"): Peer {
  const bell = `${storage}.bell`;
  const isWatched = existsSync(bell);
  const db = new Database(storage);
  db.pragma("journal_mode = WAL");
  db.pragma(`synchronous = ${durability}`);
  db.exec(`CREATE TABLE IF NOT EXISTS job (seq INTEGER PRIMARY KEY, type TEXT NOT NULL, payload TEXT NOT NULL,
      state INTEGER NOT NULL, priority INTEGER NOT NULL, run_at INTEGER NOT NULL, attempt INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS ready ON job (priority DESC, run_at) WHERE state = 0;
    CREATE INDEX IF NOT EXISTS waiting ON job (run_at) WHERE state = 3;`);
  const insert = db.prepare("INSERT INTO job VALUES (NULL, ?, ?, ?, 0, ?, 0)");
  const claim = db.prepare<[], Row>(
    `UPDATE job SET state = 1, attempt = attempt + 1 WHERE seq IN
      (SELECT seq FROM job WHERE state = 0 ORDER BY priority DESC, run_at, seq LIMIT ${BATCH})
      RETURNING seq, payload`,
  );
  const closed = new AbortController();
  const complete = db.prepare("UPDATE job SET state = 2 WHERE seq = ?");
  const insertMany = db.transaction((from: number, to: number, delayMs = 0) => {
    const [state, runAt] = [delayMs > 0 ? 3 : 0, Date.now() + delayMs];
    for (let index = from; index < to; index++)
      insert.run(typeOf(index, types), JSON.stringify(payload(index, payloadBytes)), state, runAt);
  });
  const turnOver = db.transaction((done: readonly Row[]) => {
    for (const { seq } of done) complete.run(seq);
    return closed.signal.aborted ? [] : claim.all();
  });
  let wake: (() => void) | undefined;
  let draining = Promise.resolve();
  const ring = () => {
    wake?.();
    if (!isWatched) return;
    const now = new Date();
    utimesSync(bell, now, now);
  };

  return {
    durability: durabilityOf(db),
    async enqueue(index) {
      insertMany.immediate(index, index + 1);
      ring();
    },
    async enqueueAwaiting(n) {
      for (let from = 0; from < n; from += BATCH)
        insertMany.immediate(from, Math.min(n, from + BATCH));
    },
    async fill(n, delayMs) {
      await inThousands(n, (from, to) => insertMany.immediate(from, to, delayMs));
      ring();
    },
    async count() {
      return db.prepare<[], number>("SELECT count(*) FROM job").pluck().get() ?? 0;
    },
    work(ticks, { handlerMs }) {
      const handle = async (job: Row) => {
        ticks.ran(JSON.parse(job.payload).index);
        if (handlerMs !== undefined) await sleep(handlerMs);
      };
      let [isBusy, isRung] = [false, false];
      const drain = async () => {
        isRung = false;
        let claimed = turnOver.immediate([]);
        for (let batch = 1; claimed.length > 0; batch++) {
          await Promise.all(claimed.map(handle));
          const done = claimed;
          claimed = turnOver.immediate(done);
          for (const _ of done) ticks.stored();
          if (batch % 10 === 0) await turn();
        }
      };
      const drainAll = async () => {
        // Who rang while the queue was found empty came too late for that look.
        while (isRung && !closed.signal.aborted) await drain();
        isBusy = false;
      };
      wake = () => {
        isRung = true;
        if (isBusy) return;
        isBusy = true;
        draining = turn()
          .then(drainAll)
          .catch((error) => ticks.failed(error));
      };
      writeFileSync(bell, "");
      watch(bell, { signal: closed.signal }, wake);
      wake();
    },
    views: rawViews(db),
    async close() {
      closed.abort();
      await draining;
      db.close();
    },
  };
}
