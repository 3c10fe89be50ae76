import type { DriverDatabase } from "../driver.ts";

/** After how many pages in the log a connection copies them into the database at its commits: what SQLite begins with. */
export const OWN_CHECKPOINTS = 1_000;

/** Has a connection do so from so many pages on, or leave it to others: 0. */
export function setOwnCheckpoints(database: DriverDatabase | undefined, pages: number): void {
  if (database?.open === true) database.pragma(`wal_autocheckpoint = ${pages}`);
}
