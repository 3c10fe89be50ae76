import { statSync } from "node:fs";
import { logOf } from "../file/kept-files.ts";

/** So large the write-ahead log may be, in bytes; what is beyond it is cut back. */
export const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

/** How large the write-ahead log of the database is, in bytes; 0 where there is none, or nobody can tell. */
export function logSizeOf(path: string): number {
  try {
    // Only stat: to open and close it in a process that uses the database drops SQLite's locks.
    return statSync(logOf(path), { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}
