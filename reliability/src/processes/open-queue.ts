import { Queue } from "@turno/core";
import { openSqliteStore } from "@turno/store-node";
import { spoilt } from "../faults/spoilt.ts";
import { jobs } from "./jobs.ts";
import type { ProcessOptions } from "./options.ts";

export type ReliabilityQueue = ReturnType<typeof openQueue>;

/** Opens the queue as a process is told to. */
export function openQueue(
  { path, durability = "normal", fault }: ProcessOptions,
  retentionMs = Infinity,
) {
  const store = openSqliteStore(path, { durability });
  const retention = { completed: retentionMs, dead: retentionMs, cancelled: retentionMs };
  return new Queue({ store: spoilt(store, path, fault), jobs, retention });
}
