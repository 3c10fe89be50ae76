import { defineJobs, json } from "@turno/core";
import type { Database } from "better-sqlite3";
import type { Payload } from "./behaviour.ts";

const definition = {
  payload: json<Payload>(),
  result: json<{ readonly run: string }>(),
  backoff: { kind: "fixed", baseMs: 20 },
} as const;

/**
 * The types of all scenarios. Handlers do what the payload says; those of `deal` then complete their job in one
 * transaction with a row of their own.
 */
export const jobs = defineJobs({ task: definition, other: definition, deal: definition });
export type Jobs = typeof jobs;
export type JobType = keyof Jobs;
export const JOB_TYPES = Object.keys(jobs) as readonly JobType[];

/** The table in which handlers of `deal` write their rows. */
export const ROWS_TABLE = "deals";

/** Creates that table where it is missing. */
export function createRowsTable(database: Database): void {
  database.exec(`CREATE TABLE IF NOT EXISTS ${ROWS_TABLE} (id TEXT, run TEXT)`);
}
