import { createHash } from "node:crypto";
import type { Inventory } from "./inventory.ts";
import type { Options } from "./options.ts";
import { toStored } from "./stored-path.ts";
import { walk } from "./walk.ts";

const AT_ONCE = 250;

/**
 * Enqueues a job for each file. Where it was interrupted it walks again, and adds only what is missing: a job keeps its
 * unique key for as long as it is stored, finished or not.
 */
export async function enqueueFiles(
  inventory: Inventory,
  { directory, data, limit }: Options,
  signal: AbortSignal,
): Promise<void> {
  if (inventory.isWalked) return;
  for await (const paths of inChunks(walk(directory, Buffer.from(data)), limit)) {
    if (signal.aborted) return;
    await inventory.queue.enqueueMany(paths.map(jobFor));
  }
  inventory.setWalked();
}

function jobFor(path: Buffer) {
  // A key has at most 255 characters and a path may have more: so its hash stands for it.
  const uniqueKey = createHash("sha256").update(path).digest("base64url");
  return { type: "hash-file", payload: toStored(path), uniqueKey, uniqueUntil: "pruned" } as const;
}

async function* inChunks(paths: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer[]> {
  let chunk: Buffer[] = [];
  let count = 0;
  for await (const path of paths) {
    if (count++ === limit) break;
    chunk.push(path);
    if (chunk.length < AT_ONCE) continue;
    yield chunk;
    chunk = [];
  }
  yield chunk;
}
