import { defineJobs, json, Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import Database from "better-sqlite3";
import { type Contestant, type Durability, payload } from "../contestant.ts";
import { durabilityOf } from "./durability-of.ts";
import { enqueueAwaiting } from "./enqueue-awaiting.ts";

const jobs = defineJobs({ noop: { payload: json<ReturnType<typeof payload>>() } });

/** A third of the lease that is the default. */
const BEAT_MS = 10_000;

/** Turno over better-sqlite3, with all its defaults but the durability and the concurrency. */
export function turno(file: string, durability: Durability): Contestant {
  // Handed in, so that it can be asked how durable it is.
  const database = new Database(file);
  const queue = new Queue({ store: openSqliteStore(database, { durability }), jobs });
  const enqueue = async (index: number) => void (await queue.enqueue("noop", payload(index)));
  return {
    durability: durabilityOf(database),
    beatMs: BEAT_MS,
    enqueue,
    enqueueAwaiting: (n) => enqueueAwaiting(n, enqueue),
    async fill(n) {
      for (let from = 0; from < n; from += 1_000) {
        const count = Math.min(1_000, n - from);
        await queue.enqueueMany(
          Array.from({ length: count }, (_, i) => ({ type: "noop", payload: payload(from + i) })),
        );
      }
    },
    async count() {
      return Object.values(await queue.counts()).reduce((sum, count) => sum + count, 0);
    },
    work(ticks) {
      const noop = async (job: { payload: { index: number } }) => ticks.ran(job.payload.index);
      const worker = queue.work({ noop }, { concurrency: 100 });
      worker.on("completed", () => ticks.stored());
      for (const name of ["failed", "dead", "lost", "error"] as const)
        worker.on(name, (event) => ticks.failed(event));
    },
    async close() {
      await queue.close();
      database.close();
    },
  };
}
