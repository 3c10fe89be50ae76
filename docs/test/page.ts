import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A page of the documentation. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, "../..");

/** Every page that is read: those of the root, of docs/, and the one of each package. */
export function allPages(): readonly Page[] {
  return globSync(["*.md", "docs/*.md", "packages/*/README.md"], { cwd: ROOT })
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}
