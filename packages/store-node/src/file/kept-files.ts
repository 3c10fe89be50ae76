import { type FileIdentity, sizeOfSame } from "./file-identity.ts";

/** What a thread is told of a database, so that it opens no other one, and writes into no other log. */
export interface KeptFiles {
  readonly path: string;
  readonly identity: FileIdentity;
  /** Of the `-wal`; undefined where there is none. */
  readonly log: FileIdentity | undefined;
  /** Of the `-shm`, by which the processes find their way about the log, and lock it. */
  readonly index: FileIdentity | undefined;
}

/** What is no longer what was opened: another file is at its path, or none, or one without a byte. */
export type Missing = "replaced" | "emptied" | "log lost";

/** Looks whether a database and its log are still those that were opened. */
export function missingOf({ path, identity, log, index }: KeptFiles): Missing | undefined {
  const size = sizeOfSame(path, identity);
  if (size === undefined) return "replaced";
  // Who opens an empty database deletes its log.
  if (size === 0) return "emptied";
  const isLost = isGone(logOf(path), log) || isGone(indexOf(path), index);
  return isLost ? "log lost" : undefined;
}

/** The path of a database's write-ahead log. */
export function logOf(path: string): string {
  return `${path}-wal`;
}

/** The path of what SQLite keeps in memory that processes share. */
export function indexOf(path: string): string {
  return `${path}-shm`;
}

/** Whether there was such a file, and another one is at the path now, or none. */
export function isGone(path: string, identity: FileIdentity | undefined): boolean {
  return identity !== undefined && sizeOfSame(path, identity) === undefined;
}
