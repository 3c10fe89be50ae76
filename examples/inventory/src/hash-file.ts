import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Fatal } from "@turno/core";

export interface HashedFile {
  readonly size: number;
  readonly sha256: string;
  /** Its first bytes. */
  readonly start: Buffer;
}

const CHUNK = 1024 * 1024;
const START = 512;

// What has become a symbolic link is not followed, and a named pipe that nobody writes to does not hold us up.
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What no second attempt would mend. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "is gone",
  ENOTDIR: "is gone",
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
  ELOOP: "is a symbolic link by now",
  ENXIO: "is no regular file any more",
  ENAMETOOLONG: "has a path that is too long for this system",
};

/**
 * Hashes a file of any size, a piece at a time. Throws `Fatal` where there is nothing to be read, and an ordinary error,
 * which leads to another attempt, where the file changed under our hands.
 */
export async function hashFile(path: Buffer, signal: AbortSignal): Promise<HashedFile> {
  const file = await open(path, FLAGS).catch(explain);
  try {
    return await hashOpenFile(file, signal);
  } finally {
    await file.close();
  }
}

async function hashOpenFile(file: FileHandle, signal: AbortSignal): Promise<HashedFile> {
  const before = await file.stat({ bigint: true });
  if (before.isDirectory())
    throw new Fatal("is a directory by now, or one that could not be listed");
  if (!before.isFile()) throw new Fatal("is no regular file any more");
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(4_096, Number(before.size) + 1)));
  const hash = createHash("sha256");
  let start = buffer.subarray(0, 0);
  let size = 0;
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) break;
    if (size === 0) start = Buffer.from(buffer.subarray(0, Math.min(START, bytesRead)));
    hash.update(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
  const after = await file.stat({ bigint: true });
  if (after.mtimeNs !== before.mtimeNs || after.size !== before.size)
    throw new Error("changed while it was read");
  return { size, sha256: hash.digest("hex"), start };
}

function explain(error: NodeJS.ErrnoException): never {
  const reason = REASONS[error.code ?? ""];
  if (reason === undefined) throw error;
  throw new Fatal(reason, { cause: error });
}
