import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NewJob } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { median } from "./figures.ts";

/** What a claim of 10 jobs costs beside rows that are not to be claimed: it should be the same for all. */
const million = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), "turno-bench-"));
const now = Date.now();
const plain: NewJob = {
  type: "mine",
  payload: '{"to":"ana@example.org"}',
  priority: 0,
  runAt: now,
  ready: true,
  maxAttempts: 25,
  timeoutMs: undefined,
  backoff: undefined,
  uniqueKey: undefined,
  uniqueUntil: "finished",
  createdAt: now,
};

const beside: Readonly<
  Record<string, (store: ReturnType<typeof openSqliteStore>) => Promise<void>>
> = {
  "an empty table": async () => {},
  "a million future rows": async (store) => {
    fill(store, { ...plain, runAt: now + 3_600_000, ready: false, priority: 9 });
  },
  "a million finished rows": async (store) => {
    fill(store, plain);
    const worker = await store.join({ leaseMs: 60_000 });
    for (let left = million; left > 0; left -= 1_000) {
      const { claimed } = store.commit({ now, claim: { worker, limit: 1_000, types: ["mine"] } });
      const replace = claimed.map(({ worker: _, ...job }) => {
        return {
          ...job,
          state: "completed" as const,
          revision: job.revision + 1,
          result: undefined,
          finishedAt: now,
        };
      });
      store.commit({ now, replace });
    }
  },
  "a million ready rows of other types": async (store) => {
    fill(store, { ...plain, type: "other", priority: 9 });
  },
};

const costs: Record<string, number[]> = {};
const stores = new Map<string, { store: ReturnType<typeof openSqliteStore>; worker: number }>();
for (const [name, make] of Object.entries(beside)) {
  const store = openSqliteStore(join(folder, `${stores.size}.db`), { durability: "normal" });
  await make(store);
  stores.set(name, { store, worker: await store.join({ leaseMs: 60_000 }) });
}
for (let round = 0; round < 200; round++) {
  for (const [name, { store, worker }] of stores) {
    store.commit({ now, add: Array.from({ length: 10 }, () => plain) });
    const before = performance.now();
    const { claimed } = store.commit({ now, claim: { worker, limit: 10, types: ["mine"] } });
    const micros = (performance.now() - before) * 1_000;
    if (claimed.length !== 10) throw new Error(`claimed ${claimed.length} jobs beside ${name}`);
    if (round >= 20) (costs[name] ??= []).push(micros);
  }
}
const base = median(costs["an empty table"] ?? []);
for (const [name, micros] of Object.entries(costs)) {
  console.log(
    `claim of 10 beside ${name}: ${median(micros).toFixed(0)} µs, ${(median(micros) / base).toFixed(2)} × the empty table`,
  );
}
for (const { store } of stores.values()) await store.close();
rmSync(folder, { recursive: true });

function fill(store: ReturnType<typeof openSqliteStore>, job: NewJob): void {
  for (let left = million; left > 0; left -= 1_000) {
    store.commit({ now, add: Array.from({ length: Math.min(left, 1_000) }, () => job) });
  }
}
