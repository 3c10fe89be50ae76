import { type FileIdentity, sizeOfSame } from "./file-identity.ts";

/** What a thread is told of a database, so that it opens no other one, and writes into no other log. */
export interface KeptFiles {
  readonly path: string;
  readonly identity: FileIdentity;
  /** Of the `-wal`; undefined where there is none yet. */
  readonly log: FileIdentity | undefined;
}

/** What is no longer what was opened: another file is at its path, or none, or one without a byte. */
export type Missing = "replaced" | "emptied" | "log lost";

/** Looks whether a database and its log are still those that were opened. */
export function missingOf({ path, identity, log }: KeptFiles): Missing | undefined {
  const size = sizeOfSame(path, identity);
  if (size === undefined) return "replaced";
  // Who opens an empty database deletes its log.
  if (size === 0) return "emptied";
  return isLogLost(path, log) ? "log lost" : undefined;
}

/** The path of a database's write-ahead log. */
export function logOf(path: string): string {
  return `${path}-wal`;
}

/** Whether another log, or none, is beside the database at the path. */
export function isLogLost(path: string, log: FileIdentity | undefined): boolean {
  return log !== undefined && sizeOfSame(logOf(path), log) === undefined;
}
