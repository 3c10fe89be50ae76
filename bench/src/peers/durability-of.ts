import type { Database } from "better-sqlite3";

const SYNCHRONOUS = ["OFF", "NORMAL", "FULL", "EXTRA"];

/** How durable a commit on this connection is at this moment. */
export function durabilityOf(database: Pick<Database, "pragma">): string {
  const synchronous = database.pragma("synchronous", { simple: true });
  const journal = database.pragma("journal_mode", { simple: true });
  return `${String(journal)}, ${SYNCHRONOUS[Number(synchronous)] ?? "?"}`;
}
