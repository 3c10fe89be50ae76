// What a new user writes first, against the packed packages: compiled strictly, and run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import {
  defineJobs,
  type Handlers,
  json,
  MemoryStore,
  Queue,
  type Store,
  StoreUnreachable,
} from "@turno/core";
import { type ObjectStorage, openDurableObjectStore } from "@turno/store-durable-object";
import { openSqliteStore } from "@turno/store-node";
import { openPostgresStore, type Queryable } from "@turno/store-postgres";
import { openWasmStore } from "@turno/store-wasm";

const jobs = defineJobs({ square: { payload: json<number>(), result: json<number>() } });

interface Lite extends Queryable {
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

// By a name that the compiler does not see: its declarations want those of a page, which ours have to do without.
const pglite = "@electric-sql/pglite";
const { PGlite } = (await import(pglite)) as { PGlite: { create(): Promise<Lite> } };
const folder = mkdtempSync(join(tmpdir(), "turno-scratch-"));

await tryOut("memory", new MemoryStore());
await tryOut("better-sqlite3", openSqliteStore(join(folder, "queue.db")));
await tryOut("sql.js", await openWasmStore());
await tryOut("PGlite", await openPostgresStore(await PGlite.create()));
await useTransaction();
await useTransactionOfPostgres();
await findDriver();
rmSync(folder, { recursive: true });
console.log(`ran with Node ${process.version}`);

/** Exported, so that what is inferred here has to be named in a declaration. */
export function openBoth() {
  const node = new Queue({ store: openSqliteStore(join(folder, "queue.db")), jobs });
  const memory = new Queue({ store: new MemoryStore(), jobs });
  const handlers = { square: ({ payload }) => payload ** 2 } satisfies Handlers<typeof jobs>;
  return { node, memory, worker: memory.work(handlers), claim: () => node.claim() };
}

/** Exported for the same reason; there is no Durable Object here. */
export function openInObject(storage: ObjectStorage) {
  const store = openDurableObjectStore(storage);
  const queue = new Queue({ store, jobs });
  return { queue, alarm: () => store.atAlarm(() => queue.work({ square: () => 9 })) };
}

async function useTransaction(): Promise<void> {
  const { node, memory } = openBoth();
  const db = new Database(join(folder, "queue.db"));
  const { id } = db.transaction(() => node.within(db).enqueue("square", 3)).immediate();
  if ((await node.get(id))?.payload !== 3) throw new Error("a job enqueued within is not there");
  db.close();
  await Promise.all([node.close(), memory.close()]);
}

/** Exported for the same reason. */
export async function openOnPostgres(target: Parameters<typeof openPostgresStore>[0]) {
  return new Queue({ store: await openPostgresStore(target), jobs });
}

async function useTransactionOfPostgres(): Promise<void> {
  const lite = await PGlite.create();
  const queue = await openOnPostgres(lite);
  const { id } = await lite.transaction((tx) => queue.within(tx).enqueue("square", 3));
  if ((await queue.get(id))?.payload !== 3) throw new Error("a job enqueued within is not there");
  await queue.close();
  await lite.close();
}

/** There is no server here; but to find that out takes pg, which the store looks for by itself. */
async function findDriver(): Promise<void> {
  const refused: unknown = await openOnPostgres("postgres://127.0.0.1:1/none").catch((it) => it);
  if (!(refused instanceof StoreUnreachable)) throw refused;
}

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
