import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** The path of a database that does not exist yet, in a directory that goes with the test. */
export function temporaryFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "turno-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, "queue.db");
}
