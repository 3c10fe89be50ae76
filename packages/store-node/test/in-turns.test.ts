import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { temporaryFile } from "./temporary-file.ts";

const JOBS = 300_000;

it("looking for what is rare lets the event loop go on among very many jobs", async () => {
  const path = temporaryFile();
  const store = openSqliteStore(path, { durability: "normal" });
  fill(path);
  let turns = 0;
  const beating = setInterval(() => turns++, 0);
  expect(await store.list({ types: ["rare"], limit: 50 })).toEqual([]);
  expect(turns).toBeGreaterThan(1);
  clearInterval(beating);
});

function fill(path: string): void {
  const database = new Database(path);
  database.exec(`INSERT INTO turno_jobs (seq, state, type, priority, run_at, attempt, max_attempts, revision, created_at,
      claimed_at, finished_at, unique_until, holds_key)
    WITH RECURSIVE numbers (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM numbers WHERE seq < ${JOBS})
    SELECT seq, 3, 'a', 0, 0, 1, 25, 3, 0, 0, 0, 0, 0 FROM numbers`);
  database.close();
}
