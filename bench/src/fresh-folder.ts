import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders = new Set<string>();

process.once("exit", () => {
  for (const folder of folders) remove(folder);
});

/** A new folder for one round. What is not removed by then goes when the process ends. */
export function freshFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "turno-bench-"));
  folders.add(path);
  return { path, remove: () => remove(path) };
}

function remove(folder: string): void {
  // A process that was just killed may still be writing there.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  folders.delete(folder);
}
