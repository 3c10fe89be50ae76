import { setTimeout as sleep } from "node:timers/promises";
import { Queue, StoreError } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { openPostgresStore, type PostgresStore } from "@turno/store-postgres";
import { spoilt } from "../faults/spoilt.ts";
import { spoiltPostgres } from "../faults/spoilt-postgres.ts";
import { type Jobs, jobs } from "./jobs.ts";
import type { PostgresPlace, ProcessOptions } from "./options.ts";

export type ReliabilityQueue = Queue<Jobs>;

/** A server may be away when a process starts. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 100;

/** Opens the queue as a process is told to. */
export async function openQueue(
  { path, postgres, durability = "normal", fault }: ProcessOptions,
  retentionMs = Infinity,
): Promise<ReliabilityQueue> {
  const retention = { completed: retentionMs, dead: retentionMs, cancelled: retentionMs };
  if (postgres === undefined) {
    const store = openSqliteStore(path, { durability });
    return new Queue({ store: spoilt(store, path, fault), jobs, retention });
  }
  const store = await openPatiently(postgres);
  return new Queue({ store: await spoiltPostgres(store, postgres, fault), jobs, retention });
}

async function openPatiently({ url, schema }: PostgresPlace): Promise<PostgresStore> {
  const limit = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await openPostgresStore(url, { schema });
    } catch (error) {
      const mayPass = error instanceof StoreError && PASSING.has(error.code);
      if (!mayPass || performance.now() > limit) throw error;
      await sleep(AGAIN_MS);
    }
  }
}

const PASSING: ReadonlySet<string> = new Set(["StoreUnreachable", "AnswerLost", "StoreBusy"]);
