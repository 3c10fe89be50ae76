// What a new user writes first, against the packed packages: compiled strictly, and run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineJobs, json, MemoryStore, Queue, type Store } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { openWasmStore } from "@turno/store-wasm";

const jobs = defineJobs({ square: { payload: json<number>(), result: json<number>() } });
const folder = mkdtempSync(join(tmpdir(), "turno-scratch-"));

await tryOut("memory", new MemoryStore());
await tryOut("better-sqlite3", openSqliteStore(join(folder, "queue.db")));
await tryOut("sql.js", await openWasmStore());
rmSync(folder, { recursive: true });
console.log(`ran with Node ${process.version}`);

async function tryOut(name: string, store: Store): Promise<void> {
  await using queue = new Queue({ store, jobs });
  const { id } = await queue.enqueue("square", 7);
  const worker = queue.work({ square: async ({ payload }) => payload ** 2 });
  const done = new Promise<void>((resolve) => void worker.on("completed", () => resolve()));
  await done;
  const job = await queue.get(id);
  if (job?.state !== "completed" || job.result !== 49) throw new Error(`${name}: ${job?.state}`);
  console.log(`${name}: ${await queue.summary()}`);
}
