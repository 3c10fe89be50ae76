import { rmSync } from "node:fs";

/** Deletes a file that is only in the way: where that cannot be done, somebody else will do it later. */
export function removeFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It may be another user's.
  }
}
