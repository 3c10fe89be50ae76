import { statSync } from "node:fs";
import { Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { temporaryFile } from "./temporary-file.ts";

it("a file keeps its size when jobs are pruned, and VACUUM makes it small while workers are at work", async () => {
  const path = temporaryFile();
  const queue = new Queue({ store: openSqliteStore(path) });
  const worker = queue.work({ a: () => {} });
  const peak = await afterAPeak(queue, path);
  expect(statSync(path).size).toBeGreaterThanOrEqual(peak);

  const other = new Database(path, { timeout: 5_000 });
  other.exec("VACUUM");
  other.pragma("wal_checkpoint(TRUNCATE)");
  other.close();
  expect(statSync(path).size).toBeLessThan(peak / 5);

  const { id } = await queue.enqueue("a", "after");
  await queue.result(id);
  await worker.stop();
  await queue.close();
});

it("a file with auto_vacuum is made small in steps", async () => {
  const path = temporaryFile();
  const database = new Database(path);
  database.pragma("auto_vacuum = INCREMENTAL"); // before there is a table
  const queue = new Queue({ store: openSqliteStore(database) });
  const peak = await afterAPeak(queue, path);
  while (Number(database.pragma("freelist_count", { simple: true })) > 0)
    database.pragma("incremental_vacuum(1000)");
  database.pragma("wal_checkpoint(TRUNCATE)");
  expect(statSync(path).size).toBeLessThan(peak / 5);
  await queue.close();
  database.close();
});

/** Stores some megabytes of jobs, and deletes them; gives the size of the file between the two. */
async function afterAPeak(queue: Queue, path: string): Promise<number> {
  const payload = "x".repeat(20_000);
  const jobs = Array.from({ length: 200 }, () => ({ type: "b", payload }));
  const added = await queue.enqueueMany(jobs);
  for (const { id } of added) await queue.cancel(id);
  checkpoint(path);
  const { size } = statSync(path);
  while ((await queue.prune({ cancelled: 0 })) > 0);
  checkpoint(path);
  return size;
}

function checkpoint(path: string): void {
  const database = new Database(path);
  database.pragma("wal_checkpoint(TRUNCATE)");
  database.close();
}
