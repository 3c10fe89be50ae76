import { execFileSync } from "node:child_process";

/** What is done to a database in use, by a program that knows nothing of it. */
export interface FileDeed {
  readonly name: string;
  /** For the shell: `$1` is the database, which has a directory of its own, `$2`. */
  readonly deed: string;
  /** Undoes it; where there is nothing, the processes cannot go on. */
  readonly mend?: string;
  /** What every process must tell; undefined where nobody need notice. */
  readonly code: "StoreReplaced" | "StoreCorrupt" | "StoreUnwritable" | undefined;
  /** Whether only those need tell who read what was damaged: nobody may. */
  readonly isPartial?: boolean;
  /** Whether all that is acknowledged must be in the file at the path, although nobody can go on. */
  readonly isSaved?: boolean;
  /** Whether nothing is at the path afterwards, and must not be. */
  readonly isGone?: boolean;
  /** The processes are not root's. */
  readonly asNobody?: boolean;
  /** Done only where the log is empty, so that it is the database's own bytes that count. */
  readonly emptiesLog?: boolean;
  readonly isShort?: boolean;
}

/** Somebody may put a file back into a directory while it is being deleted: who listens does so at once. */
const REMOVE = 'remove() { rm -r "$1" || rm -r "$1" || rm -r "$1"; }; remove';

const OVERWRITE = "conv=notrunc status=none";

export const FILE_DEEDS: readonly FileDeed[] = [
  { name: "file deleted", deed: 'rm "$1"', code: "StoreReplaced", isGone: true, isShort: true },
  { name: "file moved", deed: 'mv "$1" "$1.old"', code: "StoreReplaced", isGone: true },
  {
    name: "file replaced by its copy",
    deed: 'cp "$1" "$1.copy" && mv "$1.copy" "$1"',
    code: "StoreReplaced",
  },
  { name: "directory deleted", deed: `${REMOVE} "$2"`, code: "StoreReplaced", isGone: true },
  { name: "directory renamed", deed: 'mv "$2" "$2.old"', code: "StoreReplaced", isGone: true },
  {
    name: "log deleted",
    deed: 'rm "$1-wal"',
    code: "StoreReplaced",
    isSaved: true,
    isShort: true,
  },
  {
    name: "log and its index deleted",
    deed: 'rm "$1-wal" "$1-shm"',
    code: "StoreReplaced",
    isSaved: true,
  },
  {
    name: "file emptied",
    deed: 'truncate -s 0 "$1"',
    code: "StoreCorrupt",
    emptiesLog: true,
    isShort: true,
  },
  {
    name: "half of the file cut off",
    deed: 'truncate -s $(( $(stat -c %s "$1") / 2 )) "$1"',
    code: "StoreCorrupt",
    emptiesLog: true,
  },
  {
    name: "header overwritten",
    deed: `dd if=/dev/urandom of="$1" bs=100 count=1 ${OVERWRITE}`,
    code: "StoreCorrupt",
    emptiesLog: true,
  },
  {
    name: "pages overwritten",
    deed: `dd if=/dev/urandom of="$1" bs=4096 seek=1 count=400 ${OVERWRITE}`,
    code: "StoreCorrupt",
    emptiesLog: true,
  },
  {
    name: "log overwritten",
    deed: `dd if=/dev/urandom of="$1-wal" bs=4096 seek=1 count=$(( $(stat -c %s "$1-wal") / 4096 )) ${OVERWRITE}`,
    code: "StoreCorrupt",
  },
  {
    name: "part of the log overwritten",
    deed: `dd if=/dev/urandom of="$1-wal" bs=4096 seek=1 count=200 ${OVERWRITE}`,
    code: "StoreCorrupt",
    isPartial: true,
  },
  {
    name: "rights to the directory taken",
    deed: 'chmod 000 "$2"',
    mend: 'chmod 777 "$2"',
    code: "StoreUnwritable",
    asNobody: true,
  },
  {
    name: "rights to the open file taken",
    deed: 'chmod 000 "$1"',
    mend: 'chmod 666 "$1"',
    code: undefined,
    asNobody: true,
  },
  // Whoever has it open needs no more of its rights.
  {
    name: "file made read-only",
    deed: 'chmod a-w "$1"',
    mend: 'chmod 666 "$1"',
    code: undefined,
    asNobody: true,
  },
  {
    name: "directory made read-only",
    deed: 'chmod a-w "$2"',
    mend: 'chmod 777 "$2"',
    code: undefined,
    asNobody: true,
  },
  {
    name: "file made immutable",
    deed: 'chattr +i "$1" "$1-wal"',
    mend: 'chattr -i "$1" "$1-wal"',
    code: "StoreUnwritable",
    isShort: true,
  },
  { name: "index of the log deleted", deed: 'rm "$1-shm"', code: "StoreReplaced", isSaved: true },
  { name: "sidecar deleted", deed: `${REMOVE} "$1-turno" || true`, code: undefined, mend: "true" },
];

/** By a process of its own: to close the file in one that has it open drops SQLite's locks on it. */
export function doDeed(script: string, path: string, directory: string): void {
  execFileSync("sh", ["-c", script, "sh", path, directory], { stdio: ["ignore", "pipe", "pipe"] });
}
