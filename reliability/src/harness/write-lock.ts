import Database from "better-sqlite3";

/** Holds the write lock of the database while `work` goes on, as a process does that forgets to end a transaction. */
export async function holdingWriteLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const database = new Database(path, { timeout: 10_000 });
  database.exec("BEGIN IMMEDIATE");
  try {
    return await work();
  } finally {
    database.exec("ROLLBACK");
    database.close();
  }
}
