import { writeFileSync } from "node:fs";
import type { Driver, DriverDatabase } from "../driver.ts";

/**
 * A lock that the kernel takes from a process when it ends, in whatever way: a transaction that stays open on an empty
 * database of its own. It is held until it is closed, or nothing refers to it any more.
 */
export interface Lock {
  close(): unknown;
}

/** Creates the file where it is missing; throws where somebody holds its lock. */
export function holdLock(driver: Driver, file: string): Lock {
  // Nobody holds the lock in this process, so that closing the file here lets go of none.
  writeFileSync(file, "", { flag: "a" });
  return begin(new driver(file, { timeout: 0 }));
}

/** Whether nobody holds the lock any more; false also where that cannot be told. */
export function isLockFree(driver: Driver, file: string): boolean {
  try {
    begin(new driver(file, { timeout: 0, fileMustExist: true })).close();
    return true;
  } catch {
    return false;
  }
}

function begin(database: DriverDatabase): Lock {
  try {
    // Without a journal no other file comes into being.
    database.pragma("journal_mode = MEMORY");
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
