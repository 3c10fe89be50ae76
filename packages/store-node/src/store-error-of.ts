import { accessSync, constants } from "node:fs";
import {
  StoreBusy,
  StoreClosed,
  StoreCorrupt,
  type StoreError,
  StoreFull,
  StoreReplaced,
  StoreUnwritable,
} from "@turno/core";
import { BUSY_CODES } from "./is-busy.ts";
import { logOf } from "./file/kept-files.ts";

/**
 * The `StoreError` for what SQLite, its driver or the file system threw over `file`, with that as its cause; anything
 * else is given back as it is.
 */
export function storeErrorOf(error: unknown, file: string): unknown {
  const { code, message } = partsOf(error);
  const meaning = MEANINGS.find(
    ({ codes, words, only }) =>
      codes.test(code) && (words?.test(message) ?? true) && (only?.(file) ?? true),
  );
  if (meaning === undefined) return error;
  const { Kind, fault, remedy } = meaning;
  return new Kind(`${file} ${fault} (${code || message}); ${remedy}`, { cause: error });
}

/** Whether the file's own bytes are damaged, and not only what somebody has put into its tables. */
export function isDamage(error: unknown): error is StoreCorrupt {
  if (!(error instanceof StoreCorrupt)) return false;
  const { code } = partsOf(error.cause);
  // A virtual table's own trouble: one of somebody else's, that a trigger of theirs writes to.
  return DAMAGED.test(code) && code !== "SQLITE_CORRUPT_VTAB";
}

interface Meaning {
  readonly codes: RegExp;
  /** Where the code alone does not tell. */
  readonly words?: RegExp;
  /** Where the file must be asked. */
  readonly only?: (file: string) => boolean;
  readonly Kind: new (message: string, options: ErrorOptions) => StoreError;
  readonly fault: string;
  readonly remedy: string;
}

const NO_CODE = /^$/;
const DAMAGED = /^SQLITE_(NOTADB|CORRUPT|IOERR_(SHORT_READ|CORRUPTFS|DATA))/;

const UNWRITABLE = `cannot be opened or written by user ${process.getuid?.() ?? "of this process"}`;
const RIGHTS =
  "give that user the right to write it, its -wal and -shm beside it, and its directory";

/** The first that fits is meant. */
const MEANINGS: readonly Meaning[] = [
  {
    codes: BUSY_CODES,
    Kind: StoreBusy,
    fault: "is being written by somebody else",
    remedy:
      "try again, and keep other transactions on it short (within one of yours: begin it with BEGIN IMMEDIATE)",
  },
  {
    codes: NO_CODE,
    words: /connection is busy executing a query/,
    Kind: StoreBusy,
    fault: "is being read on the connection that was handed in",
    remedy: "try again, and end what iterates over its rows",
  },
  {
    codes: /^SQLITE_IOERR_(WRITE|TRUNCATE)$/,
    // SQLite says the same where a file is larger than it may be.
    only: isForbidden,
    Kind: StoreUnwritable,
    fault: UNWRITABLE,
    remedy: RIGHTS,
  },
  {
    codes: /^(SQLITE_(FULL|NOMEM|IOERR_(WRITE|SHMSIZE|NOMEM))|ENOSPC|EDQUOT|EFBIG)$/,
    Kind: StoreFull,
    fault: "has no room to be written",
    remedy: "make room on its disk, or raise the limit on the size of files, then try again",
  },
  {
    codes: /^SQLITE_READONLY_DBMOVED$/,
    Kind: StoreReplaced,
    fault: "is no longer the file that was opened",
    remedy: "open the store anew",
  },
  {
    codes: DAMAGED,
    Kind: StoreCorrupt,
    fault: "is damaged, or is no SQLite database",
    remedy:
      "end every process that writes it, and restore it from a backup, or give another path; it was left as it is",
  },
  {
    codes: /^SQLITE_ERROR$/,
    words: /no such (table|column|index)|has no column named|no query solution/,
    Kind: StoreCorrupt,
    fault: "has lost tables or indexes of the queue, or has other ones",
    remedy: "restore it from a backup, or open the store anew",
  },
  {
    codes:
      /^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH|NOLFS)|E(ACCES|PERM|ROFS|NOENT|NAMETOOLONG|NOTDIR|ISDIR|LOOP)$)/,
    Kind: StoreUnwritable,
    fault: UNWRITABLE,
    remedy: RIGHTS,
  },
  {
    codes: /^(SQLITE_IOERR|EIO$)/,
    Kind: StoreUnwritable,
    fault: "cannot be read or written, as its disk or file system says",
    remedy: "look at the disk and the system's log, and try again when they are well",
  },
  {
    codes: /^E(M|N)FILE$/,
    Kind: StoreUnwritable,
    fault: "cannot be opened, because too many files are open",
    remedy: "close some, or raise the limit (ulimit -n)",
  },
  {
    codes: NO_CODE,
    words: /directory does not exist/,
    Kind: StoreUnwritable,
    fault: "has no directory to be in",
    remedy: "create the directory first",
  },
  {
    codes: NO_CODE,
    words: /connection is not open/,
    Kind: StoreClosed,
    fault: "was closed by who opened it",
    remedy: "hand in an open Database",
  },
];

/** Whether a file that is open must not be written, by a flag such as that of `chattr +i`. */
function isForbidden(file: string): boolean {
  return [file, logOf(file)].some((path) => {
    try {
      accessSync(path, constants.W_OK);
      return false;
    } catch {
      return true;
    }
  });
}

function partsOf(error: unknown): { readonly code: string; readonly message: string } {
  if (typeof error !== "object" || error === null || !("message" in error))
    return { code: "?", message: "" };
  const code = "code" in error ? String(error.code) : "";
  return { code, message: String(error.message) };
}
