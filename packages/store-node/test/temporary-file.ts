import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** The path of a database in a fresh directory, which is deleted when the test is over. */
export function temporaryFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "turno-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, "queue.db");
}
