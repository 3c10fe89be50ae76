import type { Instant } from "@turno/core";
import { type SqlPort, tableNames } from "@turno/store-sqlite";

/** What of a queue's jobs waits for somebody to be awake. */
export interface Waiting {
  /** Whether there are ready jobs of a type that is not paused. */
  readonly ready: boolean;
  /** When the next job that is not ready is due. */
  readonly dueAt: Instant | undefined;
  /** Whether there are running jobs whose worker is not known: they wait to be failed. */
  readonly orphaned: boolean;
  readonly running: boolean;
}

/** Asks what waits: a few rows are read, none is written. */
export function waitingIn(port: SqlPort, table: string): () => Waiting {
  const { jobs, workers, paused } = tableNames(table);
  const ask = port.prepare(`SELECT
    EXISTS (SELECT 1 FROM ${jobs} WHERE ready = 1 AND type NOT IN (SELECT type FROM ${paused})) AS ready,
    (SELECT min(run_at) FROM ${jobs} WHERE ready = 0) AS due_at,
    EXISTS (SELECT 1 FROM ${jobs} WHERE worker > 0 AND worker NOT IN (SELECT id FROM ${workers})) AS orphaned,
    EXISTS (SELECT 1 FROM ${jobs} WHERE worker > 0) AS running`);
  return () => {
    const row = ask.get();
    const dueAt = row?.["due_at"] ?? null;
    return {
      ready: row?.["ready"] === 1,
      dueAt: dueAt === null ? undefined : Number(dueAt),
      orphaned: row?.["orphaned"] === 1,
      running: row?.["running"] === 1,
    };
  };
}
