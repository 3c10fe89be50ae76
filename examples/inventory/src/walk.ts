import { readdir } from "node:fs/promises";

const SEPARATOR = Buffer.from("/");

/**
 * Gives the path of each regular file below `directory`, relative to it: what `find -type f` would, always in the same
 * order. Paths are bytes, since names need not be text. Symbolic links are not followed; `skip` is not looked into.
 *
 * A directory that cannot be listed is given as if it were a file: whoever reads it learns why.
 */
export async function* walk(directory: Buffer, skip: Buffer): AsyncGenerator<Buffer> {
  const waiting: Buffer[] = [Buffer.alloc(0)];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const path = joined(directory, folder);
    if (path.equals(skip)) continue;
    const entries = await list(path);
    if (entries === undefined) {
      yield folder;
      continue;
    }
    const folders: Buffer[] = [];
    for (const entry of entries) {
      if (entry.isDirectory()) folders.push(joined(folder, entry.name));
      else if (entry.isFile()) yield joined(folder, entry.name);
    }
    waiting.push(...folders.reverse());
  }
}

/** Joins two paths; either may be empty. */
export function joined(path: Buffer, name: Buffer): Buffer {
  if (path.length === 0 || name.length === 0) return Buffer.concat([path, name]);
  return Buffer.concat(path.at(-1) === SEPARATOR[0] ? [path, name] : [path, SEPARATOR, name]);
}

async function list(path: Buffer) {
  try {
    const entries = await readdir(path, { encoding: "buffer", withFileTypes: true });
    return entries.sort((a, b) => Buffer.compare(a.name, b.name));
  } catch {
    return undefined;
  }
}
