import type { Producer } from "@turno/core";
import type { FileRef, Jobs } from "./jobs.ts";
import type { Shelf } from "./shelf.ts";

/** Keeps each file's bytes, and then enqueues its jobs: a job that is stored finds its file, whatever happens between. */
export async function addFiles(
  files: readonly File[],
  { queue, shelf }: { queue: Producer<Jobs>; shelf: Shelf },
): Promise<void> {
  for (const file of files) {
    const payload: FileRef = { id: newId(), name: file.name, size: file.size };
    await shelf.put(payload.id, file);
    const hash = { type: "hash", payload } as const;
    const thumbnail = { type: "thumbnail", payload } as const;
    await queue.enqueueMany(file.type.startsWith("image/") ? [thumbnail, hash] : [hash]);
  }
}

function newId(): string {
  // `crypto.randomUUID` is not there on plain http; this is.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
